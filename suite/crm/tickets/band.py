"""The clock band of a ticket in words: how long is left, until when, what share is used."""

from dataclasses import dataclass
from datetime import timedelta

from suite.crm.tickets.queries import clocks
from suite.model import Record, Ticket
from suite.shared.sla import Clock
from suite.web.format import NO_BREAK, hours, moment
from suite.web.i18n import gettext


@dataclass(frozen=True)
class Band:
    """What stands in the band: the big figure, its shape and words, the bar, and the small print."""

    big: str
    shape: str
    words: str
    used: int
    whole: int
    label: str
    small: str


def band_of(ticket: Ticket, record: Record) -> Band | None:
    """The band of a ticket; None where nothing is promised."""
    respond, resolve = clocks(ticket)
    shown = respond if respond is not None and ticket.responded_at is None else resolve
    shown = shown or respond
    if shown is None:
        return None
    is_answer = shown is respond
    shape, words = _words(shown, is_answer=is_answer, record=record)
    label = gettext(
        "%(used)s of %(target)s service hours used", used=_bare(shown.used), target=_bare(shown.target)
    )
    small = [label]
    if respond is not None and not is_answer:
        small.append(
            gettext(
                "answered after %(used)s, promised %(target)s",
                used=hours(respond.used),
                target=hours(respond.target),
            )
        )
    used = min(shown.used, shown.target) // timedelta(minutes=1)
    return Band(
        hours(shown.left),
        shape,
        words,
        used,
        shown.target // timedelta(minutes=1),
        label,
        " · ".join(small),
    )


def _bare(value: timedelta) -> str:
    """`6:32`: the unit is said behind."""
    return hours(value).rpartition(NO_BREAK)[0]


def _words(shown: Clock, *, is_answer: bool, record: Record) -> tuple[str, str]:
    at = moment(shown.due_at)
    if shown.is_met is not None:
        if shown.is_met:
            return "done", gettext("answered in time") if is_answer else gettext("solved in time")
        return "bad", gettext("answered too late") if is_answer else gettext("solved too late")
    if record.state == "waiting_customer" and not is_answer:
        return "draft", gettext("left, the clock stands still")
    if shown.left < timedelta():
        return "bad", gettext("overdue since %(at)s", at=at)
    shape = "warn" if shown.is_near else "open"
    if is_answer:
        return shape, gettext("until the answer at %(at)s", at=at)
    return shape, gettext("until the solution at %(at)s", at=at)
