"""Pages of the books: journal, entry, trial balance, account sheet and open items."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for

from suite.base import clock
from suite.base.errors import Refusal
from suite.base.text import clean
from suite.erp.journal.accounts import (
    Balance,
    TrialBalance,
    account_balance,
    account_by_number,
    account_sheet,
    sheet_lines,
    trial_balance,
)
from suite.erp.journal.open_items import (
    MOST_CUSTOMERS,
    ageing,
    ageing_by_customer,
    all_open_items,
    bucket_of,
    open_items_page,
)
from suite.erp.journal.queries import ZERO, Chosen, journal_lines, journal_page, require_books, whole_entry
from suite.shared.visible import visible_record
from suite.web.downloads import csv_answer
from suite.web.format import day, number
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.lists import PAGE
from suite.web.shell import by

blueprint = Blueprint("journal", __name__)
AGES = ("not due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "over 90 days")
ENTRY_KINDS = {
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "payment": "Payment",
    "reversal": "Reversal",
    "manual": "Manual entry",
}


@blueprint.route("/journal", methods=["GET", "POST"])
def index() -> Any:
    """The journal, the youngest entry first; POST gives every line as CSV."""
    require_books(by())
    form = Form(request.args)
    chosen = Chosen(_day(form, "from"), _day(form, "until"), _text(form, "q"))
    if request.method == "POST":
        heads = ("Entry", "Date", "Document", "Text", "Account", "Debit", "Credit", "VAT")
        return _csv("journal.csv", heads, _journal_rows(chosen))
    rows = journal_page(chosen, after=_day_key(), limit=PAGE + 1, by=by())
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    after = f"{rows[-1].entry.entry_date.isoformat()}~{rows[-1].entry.seq}" if more else None
    return render_template("erp/journal/index.html", form=form, rows=rows, **_paging(after))


@blueprint.get("/journal/<entry_no>")
def show(entry_no: str) -> str:
    """One entry with its lines and its seal."""
    whole = whole_entry(entry_no, by=by())
    return render_template("erp/journal/show.html", whole=whole, kind=gettext(ENTRY_KINDS[whole.entry.kind]))


@blueprint.route("/accounts", methods=["GET", "POST"])
def accounts() -> Any:
    """The trial balance of a period; POST gives it as CSV."""
    require_books(by())
    form, from_date, until_date = _period()
    balance = trial_balance(from_date=from_date, until_date=until_date, by=by())
    if request.method == "POST":
        heads = ("Account", "Name", "Opening", "Debit", "Credit", "Balance")
        return _csv("trial-balance.csv", heads, _balance_rows(balance))
    view = "debtors" if request.args.get("view") == "debtors" else "ledger"
    period = {"from": request.args.get("from"), "until": request.args.get("until")}
    return render_template(
        "erp/journal/accounts.html", form=form, balance=balance, view=view, period=period, until=until_date
    )


@blueprint.route("/accounts/<account>", methods=["GET", "POST"])
def sheet(account: str) -> Any:
    """The lines of one account with the balance after each; POST gives all as CSV."""
    found = account_by_number(account, by=by())
    form, from_date, until_date = _period()
    balance = account_balance(account, from_date=from_date, until_date=until_date)
    if request.method == "POST":
        heads = ("Entry", "Date", "Document", "Text", "Debit", "Credit", "Balance")
        return _csv(
            f"account-{found.number}.csv", heads, _sheet_rows(account, from_date, until_date, balance)
        )
    rows = account_sheet(
        account,
        from_date=from_date,
        until_date=until_date,
        opening=balance.opening,
        after=_line_key(),
        limit=PAGE + 1,
    )
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    after = f"{rows[-1].entry.id}~{rows[-1].line.id}" if more else None
    return render_template(
        "erp/journal/sheet.html",
        account=found,
        form=form,
        balance=balance,
        rows=rows,
        **_paging(after),
        is_first=_line_key() is None,
    )


@blueprint.route("/open-items", methods=["GET", "POST"])
def open_items() -> Any:
    """What is open today, by item or by customer; POST gives the items as CSV."""
    require_books(by())
    public_id = request.args.get("party", "")
    party = visible_record(by(), "party", public_id) if public_id else None
    party_id = party.id if party is not None else None
    view = request.args.get("view", "items")
    is_overdue = view == "overdue"
    if request.method == "POST":
        heads = ("Document", "Customer", "Date", "Due", "Days overdue", "Age", "Amount", "Open")
        return _csv("open-items.csv", heads, _item_rows(party_id, is_overdue))
    context: dict[str, Any] = {"ageing": ageing(party_id=party_id, by=by()), "party": party, "ages": AGES}
    if view == "customers" and party is None:
        customers = ageing_by_customer(by=by())
        return render_template(
            "erp/journal/customers.html", **context, view=view, customers=customers, most=MOST_CUSTOMERS
        )
    rows = open_items_page(
        party_id=party_id, is_overdue=is_overdue, after=_day_key(), limit=PAGE + 1, by=by()
    )
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    after = f"{rows[-1][0].due_on.isoformat()}~{rows[-1][0].id}" if more else None
    view = "overdue" if is_overdue else "items"
    return render_template("erp/journal/open_items.html", **context, view=view, rows=rows, **_paging(after))


def _period() -> tuple[Form, date, date]:
    """The days asked for, by default this year until today; a wrong one is said and the default shown."""
    form = Form(request.args)
    until_date = _day(form, "until") or clock.today()
    from_date = _day(form, "from") or date(until_date.year, 1, 1)
    if until_date < from_date and not form.errors:
        form.refuse(Refusal("range-backwards", field="until"))
    form.values |= {
        "from": form.text("from") or day(from_date),
        "until": form.text("until") or day(until_date),
    }
    return form, from_date, until_date


def _day(form: Form, name: str) -> date | None:
    found = form.day(name)
    for problem in form.problems:
        form.refuse(problem)
    form.problems.clear()
    return found


def _text(form: Form, name: str) -> str:
    try:
        return clean(form.text(name)[:60], name, max_length=60)
    except Refusal as refusal:
        form.refuse(refusal)
        return ""


def _day_key() -> tuple[date, int] | None:
    first, _, second = request.args.get("after", "").partition("~")
    try:
        return date.fromisoformat(first), _whole(second)
    except ValueError:
        return None


def _line_key() -> tuple[int, int] | None:
    first, _, second = request.args.get("after", "").partition("~")
    try:
        return _whole(first), _whole(second)
    except ValueError:
        return None


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ValueError(text)
    return int(text)


def _paging(after: str | None) -> dict[str, str | None]:
    """Where the next page is, and the first one when this is not it."""
    names = ("q", "from", "until", "view", "party")
    kept: dict[str, Any] = {name: request.args[name] for name in names if request.args.get(name)}
    first = url_for(request.endpoint or "", **(request.view_args or {}), **kept)
    further = f"{first}{'&' if '?' in first else '?'}after={after}" if after else None
    return {"first_url": first if request.args.get("after") else None, "next_url": further}


def _csv(name: str, heads: Sequence[str], rows: Iterator[Sequence[Any]]) -> Any:
    return csv_answer(name, [gettext(head) for head in heads], rows)


def _journal_rows(chosen: Chosen) -> Iterator[Sequence[Any]]:
    for entry, line in journal_lines(chosen, by=by()):
        text = line.text or entry.text
        amounts = (number(line.debit or None), number(line.credit or None))
        yield entry.entry_no, day(entry.entry_date), entry.doc_no, text, line.account, *amounts, line.tax_case


def _balance_rows(balance: TrialBalance) -> Iterator[Sequence[Any]]:
    for row in (*balance.ledger, *balance.debtors):
        amounts = (row.opening, row.debit, row.credit, row.closing)
        yield row.number, row.name, *(number(amount) for amount in amounts)
    if balance.carried.opening:
        carried = number(balance.carried.opening)
        yield "", gettext("Result of earlier years"), carried, number(ZERO), number(ZERO), carried
    total = balance.total
    yield "", gettext("Sum"), *(number(a) for a in (total.opening, total.debit, total.credit, total.closing))


def _sheet_rows(account: str, from_date: date, until_date: date, start: Balance) -> Iterator[Sequence[Any]]:
    balance = start.opening
    yield "", day(from_date), "", gettext("Opening"), "", "", number(balance)
    for line, entry in sheet_lines(account, from_date=from_date, until_date=until_date):
        balance += line.debit - line.credit
        amounts = (number(line.debit or None), number(line.credit or None), number(balance))
        yield entry.entry_no, day(entry.entry_date), entry.doc_no, line.text or entry.text, *amounts


def _item_rows(party_id: int | None, is_overdue: bool) -> Iterator[Sequence[Any]]:
    for item, _, party in all_open_items(party_id=party_id, is_overdue=is_overdue, by=by()):
        late = max((clock.today() - item.due_on).days, 0)
        sign = 1 if item.side == "debit" else -1
        age = gettext(AGES[bucket_of(item.due_on)]) if item.side == "debit" else gettext("credit")
        amounts = (number(sign * item.amount), number(sign * item.open))
        yield item.number, party.title, day(item.dated_on), day(item.due_on), late, age, *amounts
