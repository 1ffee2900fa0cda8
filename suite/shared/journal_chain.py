"""The hash chain of the journal: canonical text of an entry and the digest that seals it.

SHA-256 over "suite.journal.v1", the previous hash and canonical JSON (UTF-8, sorted keys, no
blanks, strings and integers only, amounts with two decimals). A chain proves consistency; only an
anchor kept outside proves that nobody rebuilt it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

GENESIS = "0" * 64
VERSION = 1


def canonical(entry: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed for an entry."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def seal(prev_hash: str, entry: Mapping[str, Any]) -> str:
    """The hash of an entry after the one with `prev_hash`, 64 hex digits."""
    return hashlib.sha256(b"suite.journal.v1\n" + prev_hash.encode() + b"\n" + canonical(entry)).hexdigest()


def entry_content(entry: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is hashed of an entry row and its lines, in the form of the published test vectors."""
    return {
        "v": entry["version"],
        "journal": "GL",
        "seq": entry["seq"],
        "entry_no": entry["entry_no"],
        "posted_at": entry["posted_at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "entry_date": entry["entry_date"].isoformat(),
        "doc_no": entry["doc_no"],
        "doc_sha256": entry["doc_sha256"],
        "text": entry["text"],
        "currency": entry["currency"],
        "user": entry["user"],
        "reverses": entry["reverses"],
        "lines": [
            {
                "n": line["position"],
                "account": line["account"],
                "debit": f"{line['debit']:.2f}",
                "credit": f"{line['credit']:.2f}",
                "tax": line["tax_case"],
                "text": line["text"],
            }
            for line in lines
        ],
    }
