"""What can be done with activities."""

from datetime import date

from sqlalchemy import update

from suite.base import clock
from suite.base.command import Actor, command
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal
from suite.base.text import clean
from suite.model import Activity, Record
from suite.model.record import change_record, get_record, new_record

KINDS = ("call", "meeting", "mail", "task")


@command("activity.create", creates="activity")
def create_activity(
    *, subject: str, kind: str = "task", due_on: date | None = None, about_id: int | None = None, by: Actor
) -> int:
    """Plan something to do, about a record or not."""
    subject = clean(subject, "subject")
    if not subject:
        raise Refusal("field-required", field="subject")
    if kind not in KINDS:
        raise Refusal("choice-unknown", field="kind")
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
