"""The command line: `suite VERB …`, one function per verb, one sentence per failure."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

import suite.registry  # noqa: F401 - the commands
from suite import worker
from suite.admin.database_roles import is_owner
from suite.admin.demo import make_demo
from suite.admin.migrate import create_or_upgrade, is_empty, refuse_foreign, refuse_other_version
from suite.admin.users.commands import add_user
from suite.base import clock
from suite.base.db import Database, session, use_database
from suite.base.errors import Refusal
from suite.base.setting import environment
from suite.erp.datev.commands import export_datev, repeat_datev
from suite.erp.datev.queries import batch_files
from suite.erp.invoices.rendering import einvoice
from suite.master.company.commands import check_company, found_company
from suite.model import CreditNoteSide, Document, DocumentParty
from suite.scenario.player import case_ids, play
from suite.server import keep_logins, logins_as_json, make_folder, serve, show_logins
from suite.shared.roles import system_actor
from suite.shared.verification import verify
from suite.web.messages import sentence

# Information, not a finding: the fourth layer of immutability is optional.
OWNER_NOTE = (
    "note: the serving role owns the tables; SUITE_DATABASE_OWNER_URL would keep it from changing the schema"
)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        clock.company_zone()
        return int(options.run(options) or 0)
    except Refusal as refusal:
        for problem in refusal.problems:
            _complain(f"{problem.field}: {sentence(problem)}" if problem.field else sentence(problem))
    except DBAPIError as error:
        _complain(f"The database says: {str(error.orig).strip().splitlines()[0]}")
    except (OSError, ImportError, RecursionError) as error:
        _complain(str(error))
    except UnicodeDecodeError as error:
        _complain(f"The file is not UTF-8: {error}")
    except json.JSONDecodeError as error:
        _complain(f"The file is not JSON: {error}")
    return 1


def _complain(text: str) -> None:
    print(f"suite: {text}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="suite", description="Kontor on the command line")
    verbs = parser.add_subparsers(dest="verb", required=True)

    init = verbs.add_parser("init", help="an empty productive database for a real company")
    init.add_argument("--company", required=True, metavar="FILE.json")
    init.set_defaults(run=run_init)

    demo = verbs.add_parser("demo", help="the demo company in an empty database")
    demo.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="default today")
    demo.add_argument("--json", action="store_true", help="print the logins as JSON")
    demo.set_defaults(run=run_demo)

    serving = verbs.add_parser("serve", help="the web process")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", default=None, help="default SUITE_PORT")
    serving.add_argument("--demo", action="store_true", help="play the demo company into an empty database")
    serving.set_defaults(run=run_serve)

    playing = verbs.add_parser("play", help="play scenario cases, each in its own in-memory database")
    playing.add_argument("file")
    playing.add_argument("--chart", choices=("SKR03", "SKR04"), default="SKR03")
    playing.add_argument("--case")
    playing.add_argument("--json", metavar="OUT")
    playing.set_defaults(run=run_play)

    checking = verbs.add_parser("verify", help="check every invariant of the database")
    checking.add_argument("--json", action="store_true")
    checking.set_defaults(run=run_verify)

    working = verbs.add_parser("worker", help="do background jobs until told to stop")
    working.set_defaults(run=run_worker)

    user = verbs.add_parser("user", help="users").add_subparsers(dest="user_verb", required=True)
    adding = user.add_parser("add", help="add a user and print the generated password once")
    adding.add_argument("name")
    adding.add_argument("--role", action="append", required=True)
    adding.set_defaults(run=run_user_add)

    exports = verbs.add_parser("export", help="the exports of the pages, same bytes").add_subparsers(
        dest="export_verb", required=True
    )
    datev = exports.add_parser("datev", help="booking batches for DATEV")
    datev.add_argument("--from", dest="from_date", type=date.fromisoformat, metavar="DATE")
    datev.add_argument("--to", dest="until_date", type=date.fromisoformat, metavar="DATE")
    datev.add_argument("--out", required=True, metavar="DIR")
    datev.add_argument("--batch", type=int, metavar="N", help="give batch N out again")
    datev.add_argument("--full", action="store_true", help="all entries, also those that went out before")
    datev.set_defaults(run=run_export_datev)

    invoice = verbs.add_parser("invoice", help="posted invoices").add_subparsers(
        dest="invoice_verb", required=True
    )
    listing = invoice.add_parser("list", help="posted invoices and credit notes")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_invoice_list)
    xml = invoice.add_parser("xml", help="an archived or rendered e-invoice")
    xml.add_argument("number")
    xml.add_argument("--format", choices=("xrechnung", "peppol"), required=True)
    xml.add_argument("--out", required=True)
    xml.set_defaults(run=run_invoice_xml)
    return parser


@contextmanager
def company_database() -> Iterator[Database]:
    """The database of `SUITE_DATABASE_URL`, refused when its schema is not this version's."""
    database = Database(environment("SUITE_DATABASE_URL"))
    refuse_other_version(database)
    with use_database(database):
        yield database
    database.dispose()


def run_init(options: argparse.Namespace) -> None:
    """Create the schema and found the company."""
    given = json.loads(Path(options.company).read_text(encoding="utf-8"))
    if not isinstance(given, dict):
        raise Refusal("company-file-wrong")
    chart, name = given.pop("chart", "SKR03"), given.pop("name", "")
    check_company(chart=chart, name=name, details=given)  # before there is anything that could stay half-made
    database = Database(environment("SUITE_DATABASE_URL"))
    if not is_empty(database):
        raise Refusal("database-not-empty")
    make_folder(environment("SUITE_DATABASE_URL"))
    with use_database(database):
        create_or_upgrade(database)
        by = system_actor("init", door="cli")
        found_company(mark="productive", chart=chart, name=name, details=given, by=by)


def run_demo(options: argparse.Namespace) -> None:
    """Make the demo company and print its logins."""
    url = environment("SUITE_DATABASE_URL")
    make_folder(url)
    logins = make_demo(url, as_of=options.as_of or clock.today())
    keep_logins(logins)
    if options.json:
        print(json.dumps(logins_as_json(logins), indent=1))
    else:
        show_logins()


def run_serve(options: argparse.Namespace) -> None:
    """Serve the pages until told to stop."""
    serve(host=options.host, port=_port(options.port or environment("SUITE_PORT")), demo=options.demo)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 5 or int(text) > 65_535:
        raise Refusal("port-wrong", value=text)
    return int(text)


def run_play(options: argparse.Namespace) -> int:
    """Play the cases of a file; status 1 when one ended with an error."""
    scenario = json.loads(Path(options.file).read_text(encoding="utf-8"))
    if options.case is not None and options.case not in case_ids(scenario):
        raise Refusal("case-unknown", case=options.case)
    played = play(scenario, chart=options.chart, only=options.case)
    text = json.dumps(played, ensure_ascii=False, indent=1)
    if options.json:
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    else:
        print(text)
    failed = [case for case in played["cases"] if case["error"]]
    for case in failed:
        print(f"suite: {case['id']}: {case['error']['code']}: {case['error']['message']}", file=sys.stderr)
    return 1 if failed else 0


def run_verify(options: argparse.Namespace) -> int:
    """Print one line per finding; status 1 when there is one."""
    database = Database(environment("SUITE_DATABASE_URL"))
    refuse_foreign(database)
    with use_database(database), database.reading():
        findings = list(verify())
    if is_owner(database):
        print(f"suite: {OWNER_NOTE}", file=sys.stderr)
    if options.json:
        print(json.dumps([vars(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(finding)
    return 1 if findings else 0


def run_worker(_options: argparse.Namespace) -> None:
    """Do jobs until SIGTERM; the running one is finished."""
    with company_database() as database:
        worker.run_worker(database)


def run_user_add(options: argparse.Namespace) -> None:
    """Add a user and print the password once."""
    with company_database():
        print(add_user(login=options.name, roles=options.role, by=system_actor("command line", door="cli")))


def run_export_datev(options: argparse.Namespace) -> None:
    """Make or repeat a batch and write its files; prints one line per file."""
    if options.batch is None and (options.from_date is None or options.until_date is None):
        raise Refusal("range-missing")
    by = system_actor("command line", door="cli")
    folder = Path(options.out)
    with company_database() as database:
        if folder.exists() and not folder.is_dir():  # said before a batch is made that could not be written
            raise Refusal("folder-is-file", folder=folder)
        if options.batch is not None:
            batch = repeat_datev(number=options.batch, by=by)
        else:
            batch = export_datev(
                from_date=options.from_date, until_date=options.until_date, is_full=options.full, by=by
            )
        folder.mkdir(parents=True, exist_ok=True)
        with database.reading():
            for name, content in batch_files(batch, by=by):
                _write_whole(folder / name, content)
                print(folder / name)


def _write_whole(path: Path, content: Iterable[bytes]) -> None:
    """Write beside and move into place: nobody finds half a file."""
    partial = path.with_name(f"{path.name}.part")
    with partial.open("wb") as file:
        file.writelines(content)
    partial.replace(path)


def run_invoice_list(options: argparse.Namespace) -> None:
    """List posted invoices and credit notes."""
    with company_database() as database, database.reading():
        rows = posted_documents()
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        print(f"{row['number']}\t{row['kind']}\t{row['issued_on']}\t{row['gross']}\t{row['party']}")


def posted_documents() -> list[dict[str, Any]]:
    """Posted invoices and credit notes in the order of their numbers, as the contract names them."""
    buyer = (DocumentParty.document_id == Document.id) & (DocumentParty.role == "buyer")
    wanted = (
        select(Document, DocumentParty.name, CreditNoteSide.correction)
        .join(DocumentParty, buyer)
        .outerjoin(CreditNoteSide, CreditNoteSide.document_id == Document.id)
        .where(Document.kind.in_(("invoice", "credit_note")), Document.frozen_at.is_not(None))
        .order_by(Document.dated_on, Document.number)
    )
    return [
        {
            "number": document.number,
            "kind": "invoice"
            if correction is None
            else ("cancellation" if correction == "cancellation" else "correction"),
            "issued_on": document.dated_on.isoformat(),
            "party": name,
            "gross": f"{document.gross_total:.2f}",
        }
        for document, name, correction in session().execute(wanted)
    ]


def run_invoice_xml(options: argparse.Namespace) -> None:
    """Write the archived e-invoice, or the same content rendered in the other profile."""
    by = system_actor("command line", door="cli")
    with company_database() as database, database.reading():
        content = einvoice(options.number, profile=options.format, by=by)
    _write_whole(Path(options.out), [content])


if __name__ == "__main__":
    sys.exit(main())
