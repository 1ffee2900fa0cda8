"""Composes the contracts of the demo company: concluded, billed each month, deferred at the end of a year."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from suite.shared.contract_terms import add_months

Event = dict[str, Any]
NUMBERS = (
    "first_term_months",
    "renewal_months",
    "notice_months",
    "interval_months",
    "contingent_minutes",
)
TEXTS = ("kind", "subject", "billing", "labour", "travel", "parts", "service_level")
RUN_DAY, PAID_AFTER, DEFERRED_ON = 3, 12, (1, 10)


def contract_events(as_of: date, first: date, rows: Sequence[Mapping[str, str]]) -> list[Event]:
    """The contracts of a table from the first month on, a run each month but the last, the deferral of each year."""
    begin = first.replace(day=1)
    events: list[Event] = []
    for row in rows:
        events += _concluded(row, begin, first, as_of)
    month = begin
    while month.replace(day=RUN_DAY) < as_of.replace(day=1):
        on, number = month.replace(day=RUN_DAY), f"vl-{month:%Y-%m}"
        events.append({"date": on.isoformat(), "type": "contract_run", "number": number})
        paid = on + timedelta(days=PAID_AFTER)
        if paid <= as_of - timedelta(days=30):
            of_run = {"number": f"{number}p", "refers_to": number}
            events.append({"date": paid.isoformat(), "type": "contract_run_paid", **of_run})
        month = add_months(month, 1)
    for year in range(first.year, as_of.year):
        deferred = date(year + 1, *DEFERRED_ON)
        if deferred <= as_of:
            values: Event = {"number": f"ra-{year}", "year": year}
            events.append({"date": deferred.isoformat(), "type": "deferral", **values})
    return events


def _concluded(row: Mapping[str, str], begin: date, first: date, as_of: date) -> list[Event]:
    starts_on = add_months(begin, int(row["month"]))
    if starts_on > as_of:
        return []
    values: Event = {name: row[name] for name in TEXTS if row[name]}
    values |= {name: int(row[name]) for name in NUMBERS if row[name]}
    values |= {"starts_on": starts_on.isoformat(), "partner": row["partner"]}
    values["lines"] = [{"article": row["article"], "qty": row["qty"]}]
    values["devices"] = row["devices"].split()
    on = max(starts_on, first)
    events: list[Event] = [{"date": on.isoformat(), "type": "contract", "number": row["key"], **values}]
    for kind, name in (("contract_adjusted", "adjusted_month"), ("contract_notice", "notice_month")):
        day = add_months(begin, int(row[name])) if row[name] else as_of + timedelta(days=1)
        if day <= as_of:
            more = {"percent": row["percent"]} if kind == "contract_adjusted" else {}
            number = f"{row['key']}-{name}"
            events.append(
                {"date": day.isoformat(), "type": kind, "number": number, "refers_to": row["key"], **more}
            )
    return events
