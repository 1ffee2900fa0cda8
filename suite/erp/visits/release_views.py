"""Pages of a closed report: what is charged, and its paper."""

from typing import Any

from flask import Blueprint, render_template, request

from suite.base.db import see_changes, session
from suite.base.errors import Conflict, Refusal
from suite.erp.visits.billing import ChargeInput, proposed_charges, release_visit
from suite.erp.visits.queries import used_parts
from suite.erp.visits.report import archived_report
from suite.model import Visit
from suite.shared.visible import visible_record
from suite.web.actions import done, once
from suite.web.conflicts import ask_again
from suite.web.forms import Form
from suite.web.i18n import gettext
from suite.web.paper_pages import archived_answer
from suite.web.shell import by

blueprint = Blueprint("visit_release", __name__)
CHARGE_WORDS = {
    "included": "included",
    "contingent": "from the contingent",
    "billable": "billed",
    "goodwill": "goodwill",
}
PIECE_WORDS = {"work": "Labour", "travel": "Travel", "part": "Part"}


@blueprint.route("/visits/<public_id>/release", methods=["GET", "POST"])
def release(public_id: str) -> Any:
    """Decide how each piece is charged; contract and warranty propose."""
    record = visible_record(by(), "visit", public_id)
    visit = session().get_one(Visit, record.id)
    proposed = proposed_charges(visit)
    start: dict[str, Any] = {f"charge-{_key(each)}": each.charge for each in proposed}
    form = Form(request.form if request.method == "POST" else start | {"version": record.version})
    if request.method == "POST":
        decided = [
            ChargeInput(
                each.piece,
                form.text(f"charge-{_key(each)}"),
                each.part_id,
                form.text(f"reason-{_key(each)}"),
            )
            for each in proposed
        ]
        try:
            once(release_visit, form)(record.id, decided, version=form.version(), by=by())
            return done("visit.release", record.id)
        except Conflict as conflict:
            ask_again(form, conflict)
        except Refusal as refusal:
            see_changes()
            form.refuse(refusal)
    parts = {part.id: (part, product) for part, product, _ in used_parts(record.id)}
    page = render_template(
        "erp/visits/release.html",
        form=form,
        record=record,
        visit=visit,
        pieces=[(_key(each), each, parts.get(each.part_id or 0)) for each in proposed],
        words={key: gettext(word) for key, word in CHARGE_WORDS.items()},
        piece_words={key: gettext(word) for key, word in PIECE_WORDS.items()},
    )
    return page, 422 if form.errors else 200


@blueprint.get("/visits/<public_id>/pdf")
def pdf(public_id: str) -> Any:
    """The archived report; until its job is done the page asks again."""
    record = visible_record(by(), "visit", public_id)
    kept = archived_report(record.id)
    if kept is None:
        return render_template("erp/visits/not_yet.html", record=record), 202, {"Refresh": "3"}
    return archived_answer(kept.sha256, kept.name)


def _key(charge: ChargeInput) -> str:
    return str(charge.part_id) if charge.part_id is not None else charge.piece
