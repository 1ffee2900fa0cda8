"""What can be done with activities."""

from datetime import date

from sqlalchemy import update

from suite.base import clock
from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal
from suite.base.text import clean
from suite.model import Activity, Record
from suite.model.record import change_record, expect_version, get_record, new_record

KINDS = ("call", "meeting", "mail", "task")


@command("activity.create", creates="activity")
def create_activity(
    *, subject: str, kind: str = "task", due_on: date | None = None, about_id: int | None = None, by: Actor
) -> int:
    """Plan something to do, about a record or not."""
    subject = _checked(subject, kind)
    about = session().get(Record, about_id) if about_id is not None else None
    if about_id is not None and (about is None or not by.may(f"{about.kind}.read")):
        raise NotFound("record", about_id)
    party_id = None if about is None else (about.id if about.kind == "party" else about.party_id)
    activity_id = new_record(
        "activity",
        title=subject,
        state="open",
        owner_id=by.user_id,
        party_id=party_id,
        sort_date=due_on or clock.today(),
        due_date=due_on,
        words=(about.title if about else None,),
    )
    row = {
        "id": activity_id,
        "about_id": about_id,
        "kind": kind,
        "subject": subject,
        "due_on": due_on,
        "done_at": None,
    }
    insert_rows(Activity, [row])
    return activity_id


@command("activity.edit", on="activity")
def edit_activity(
    activity_id: int,
    *,
    subject: str,
    kind: str,
    due_on: date | None,
    version: int | None = None,
    by: Actor,
) -> int:
    """Change or postpone what is still to do."""
    record = get_record(activity_id, "activity")
    expect_version(record, version)
    Activity.flow.after("activity.edit", record.state)
    activity = session().get_one(Activity, activity_id)
    values = {"subject": _checked(subject, kind), "kind": kind, "due_on": due_on}
    for name, value in values.items():
        note_change(name, getattr(activity, name), value)
        setattr(activity, name, value)
    session().flush()  # before the register row
    change_record(activity_id, title=values["subject"], due_date=due_on, sort_date=due_on or record.sort_date)
    return activity_id


@command("activity.finish", on="activity")
def finish_activity(activity_id: int, *, by: Actor) -> int:
    """Done."""
    record = get_record(activity_id, "activity")
    state = Activity.flow.after("activity.finish", record.state)
    session().execute(update(Activity).where(Activity.id == activity_id).values(done_at=clock.now()))
    change_record(activity_id, state=state)
    return activity_id


@command("activity.reopen", on="activity")
def reopen_activity(activity_id: int, *, by: Actor) -> int:
    """Not done after all."""
    record = get_record(activity_id, "activity")
    state = Activity.flow.after("activity.reopen", record.state)
    session().execute(update(Activity).where(Activity.id == activity_id).values(done_at=None))
    change_record(activity_id, state=state)
    return activity_id


def _checked(subject: str, kind: str) -> str:
    """The cleaned subject; raises `Refusal` at its field."""
    cleaned = clean(subject, "subject")
    if not cleaned:
        raise Refusal("field-required", field="subject")
    if kind not in KINDS:
        raise Refusal("choice-unknown", field="kind")
    return cleaned
