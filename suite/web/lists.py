"""Lists: one declaration gives search, filter chips, sorting, keyset paging and CSV."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, render_template, request, url_for
from sqlalchemy import Select, func, select

from suite.base import clock
from suite.base.command import Actor
from suite.base.db import session
from suite.base.errors import NotPermitted
from suite.base.text import searchable
from suite.model import Record
from suite.shared.visible import first_of_states, visible
from suite.web.downloads import csv_answer
from suite.web.format import day, money, number
from suite.web.i18n import gettext
from suite.web.paging import beyond, decoded, encoded
from suite.web.shell import by
from suite.web.words import record_word

PAGE = 50


@dataclass(frozen=True)
class Column:
    """A column: its label, how a record shows in it, and the register key it sorts by."""

    label: str
    show: Callable[[Record], Any]
    sort: str = ""
    kind: str = ""
    css: str = ""


@dataclass(frozen=True)
class View:
    """A tab over a list: its label and which states (or what else) it shows."""

    key: str
    label: str
    states: tuple[str, ...] = ()
    overdue: bool = False
    # What else must hold of a row, for this reader.
    where: Callable[[Actor], Any] | None = field(default=None)


@dataclass(frozen=True)
class Filter:
    """A choice that narrows a list: what it offers as (value, word), and what must hold of a row then."""

    key: str
    label: str
    options: Callable[[], Sequence[tuple[str, str]]]
    where: Callable[[str], Any]


@dataclass(frozen=True)
class ListScreen:
    """A list of one kind of record."""

    kind: str
    title: str
    endpoint: str
    columns: tuple[Column, ...]
    views: tuple[View, ...] = (View("all", "All"),)
    sort: str = "-sort_date"
    new_url: str = ""
    new_label: str = ""
    new_verb: str = ""
    empty_title: str = "Nothing here yet"
    empty_text: str = ""
    filters: tuple[Filter, ...] = ()
    # What the register does not hold, for all rows of a page in one read: by record and label of the column.
    beside: Callable[[Sequence[Record]], Mapping[int, Mapping[str, Any]]] | None = field(default=None)

    def page(self) -> str:
        """The page of the current request."""
        if not by().may(f"{self.kind}.read"):
            raise NotPermitted(f"{self.kind}.read")
        query, state = self._query()
        rows, after = self._rows(query, state)
        total = None
        if request.args.get("total"):
            total = (
                session().execute(query.with_only_columns(func.count(), func.sum(Record.sort_amount))).one()
            )
        return render_template(
            "list.html",
            screen=self,
            choices=self._choices(state),
            rows=rows,
            after=after,
            state=state,
            total=total,
            cells=self._cells(rows),
        )

    def csv(self) -> Response:
        """All rows of the current filters as a CSV file, streamed."""
        if not by().may(f"{self.kind}.read"):
            raise NotPermitted(f"{self.kind}.read")
        query, state = self._query()
        head = [gettext(column.label) for column in self.columns]
        return csv_answer(f"{self.kind}.csv", head, self._csv_rows(query, state))

    def url(self, **changes: str | None) -> str:
        """The list's URL with some filters changed; paging starts anew."""
        names = {"view", "q", "sort", *(each.key for each in self.filters)}
        kept = {key: value for key, value in request.args.items() if key in names}
        merged: dict[str, Any] = {key: value for key, value in (kept | changes).items() if value}
        return url_for(self.endpoint, **merged)

    def _choices(self, state: "_State") -> list[tuple[Filter, Sequence[tuple[str, str]]]]:
        """What the filters offer, read only when somebody filters."""
        is_wanted = "filter" in request.args or any(state.chosen.values())
        return [(each, each.options()) for each in self.filters] if is_wanted else []

    def _csv_rows(self, query: Select[Any], state: "_State") -> Iterator[list[Any]]:
        key, descending = state.order
        column = getattr(Record, key)
        ordered = query.order_by(column.desc() if descending else column, Record.id).execution_options(
            yield_per=500
        )
        for records in session().scalars(ordered).partitions(500):
            cells = self._cells(records)
            for record in records:
                # Amounts without their sign, so that a spreadsheet reads numbers.
                yield [
                    number(record.sort_amount) if column.sort == "sort_amount" else cell
                    for column, cell in zip(self.columns, cells[record.id], strict=True)
                ]

    def _cells(self, rows: Sequence[Record]) -> dict[int, list[Any]]:
        """What stands in the columns, by record; a bounded number of reads for all rows."""
        beside = self.beside(rows) if self.beside is not None and rows else {}
        return {
            row.id: [beside.get(row.id, {}).get(column.label, column.show(row)) for column in self.columns]
            for row in rows
        }

    def _query(self) -> tuple[Select[Any], "_State"]:
        view = next((each for each in self.views if each.key == request.args.get("view")), self.views[0])
        words = searchable(request.args.get("q", "")[:200])
        query = visible(by(), self.kind)
        of_view = Record.state.in_(view.states) if view.states else Record.state != "discarded"
        query = query.where(of_view)
        if view.overdue:
            query = query.where(Record.due_date < clock.today())
        if view.where is not None:
            query = query.where(view.where(by()))
        chosen = {each.key: request.args.get(each.key, "")[:40] for each in self.filters}
        for each in self.filters:
            if chosen[each.key]:
                query = query.where(each.where(chosen[each.key]))
        for word in words.split()[:6]:
            query = query.where(Record.search_text.contains(word, autoescape=True))
        order = self._order()
        return query, _State(view, request.args.get("q", "")[:200], order, chosen)

    def _order(self) -> tuple[str, bool]:
        wanted = request.args.get("sort", self.sort)
        key, descending = wanted.removeprefix("-"), wanted.startswith("-")
        allowed = {column.sort for column in self.columns if column.sort} | {self.sort.removeprefix("-")}
        if key not in allowed:
            key, descending = self.sort.removeprefix("-"), self.sort.startswith("-")
        return key, descending

    def _rows(self, query: Select[Any], state: "_State") -> tuple[Sequence[Record], str | None]:
        """One page by key: never an OFFSET, never a count, the order always that of an index."""
        key, descending = state.order
        column = getattr(Record, key)
        after = decoded(request.args.get("after", ""), key)
        rows: list[Record] = []
        if after is None or after[0] is not None:
            filled = query.where(column.is_not(None))
            if after is not None:
                filled = filled.where(beyond(column, descending, *after))
            order = (column.desc(), Record.id.desc()) if descending else (column, Record.id)
            if state.view.states and key in ("sort_date", "due_date"):
                rows += first_of_states(filled, state.view.states, order=order, limit=PAGE + 1)
            else:
                rows += session().scalars(filled.order_by(*order).limit(PAGE + 1))
        if len(rows) <= PAGE:
            # Rows without a value come last in both directions.
            empty = query.where(column.is_(None))
            if after is not None and after[0] is None:
                empty = empty.where(Record.id < after[1])
            rows += session().scalars(empty.order_by(Record.id.desc()).limit(PAGE + 1 - len(rows)))
        more = len(rows) > PAGE
        rows = rows[:PAGE]
        return rows, encoded(getattr(rows[-1], key), rows[-1].id) if more else None


@dataclass(frozen=True)
class _State:
    view: View
    q: str
    order: tuple[str, bool]
    chosen: Mapping[str, str]

    def sort_url(self, screen: ListScreen, column: Column) -> str:
        key, descending = self.order
        first = "-" if column.kind in ("num", "date") else ""
        turned = ("" if descending else "-") if key == column.sort else first
        return screen.url(sort=f"{turned}{column.sort}")


NUMBER = Column("Number", lambda record: record.number or gettext("Draft"), "number", css="id")
DATE = Column("Date", lambda record: day(record.sort_date), "sort_date", "date", "p2 num text-start")
PARTY = Column("Customer", lambda record: record.title, "title", css="wide-2")
AMOUNT = Column("Gross", lambda record: money(record.sort_amount), "sort_amount", "num", "num")
DUE = Column("Due", lambda record: day(record.due_date), "due_date", "date", "p2 num text-start")


def beside_the_register(label: str, css: str = "wide-2 p2") -> Column:
    """A column of the screen's `beside`."""
    return Column(label, lambda record: "", css=css)


def party_names(rows: Sequence[Record]) -> dict[int, dict[str, str]]:
    """The names of the parties of records that are called otherwise."""
    wanted = select(Record.id, Record.title).where(Record.id.in_({row.party_id for row in rows}))
    names: dict[int | None, str] = {party: title for party, title in session().execute(wanted)}  # noqa: C416 - a Result is no mapping
    return {row.id: {"Customer": names.get(row.party_id, "")} for row in rows}


CUSTOMER = beside_the_register("Customer")
STATE = Column("State", lambda record: record_word(record)[1], "", "state", "p2")
