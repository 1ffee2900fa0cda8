"""The list of visits."""

from suite.web.format import day as shown_day
from suite.web.lists import STATE, Column, ListScreen, View, beside_the_register, party_names

OPEN = ("planned", "under_way", "reported", "released")
SCREEN = ListScreen(
    kind="visit",
    title="Visits",
    endpoint="visits.index",
    columns=(
        Column("Subject", lambda record: record.title, "title", css="wide-2"),
        beside_the_register("Customer"),
        Column("Number", lambda record: record.number, "number", css="p2 id"),
        Column("Day", lambda record: shown_day(record.sort_date), "sort_date", "date", "num text-start"),
        STATE,
    ),
    views=(
        View("open", "Open", OPEN),
        View("reported", "To release", ("reported",)),
        View("released", "To bill", ("released",)),
        View("all", "All"),
    ),
    sort="sort_date",
    new_url="/visits/new",
    new_label="Visit",
    new_verb="visit.create",
    beside=party_names,
    empty_title="No visits planned",
    empty_text="A visit is a technician's appointment at a customer. Plan it from a ticket or here.",
)
