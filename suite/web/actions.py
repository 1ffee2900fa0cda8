"""Buttons: what the flow has open and the actor may do; and doing a verb that needs no form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

from flask import redirect, request
from werkzeug.wrappers import Response

from suite.base.command import COMMANDS, Actor
from suite.base.db import see_changes, session
from suite.base.flow import Flow
from suite.model import Record
from suite.web.forms import Form
from suite.web.shell import may
from suite.web.verbs import QUESTIONS, VERBS
from suite.web.words import record_url

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Action:
    """A button: its verb, words and where it leads: a page with a form, or a POST."""

    verb: str
    label: str
    icon: str
    url: str
    form_url: str | None
    version: int
    ask: str = ""
    ask_more: str = ""


# Verbs with a page of their own.
FORM_VERBS: set[str] = set()
DRAFTING = {
    "order.invoice",
    "order.deliver_and_invoice",
    "delivery.invoice",
    "return.credit",
    "invoice.correct",
    "visit.invoice",
}


def form_verb(verb: str) -> str:
    """Say that a verb has a page with a form at `/…/<id>/<verb>`."""
    FORM_VERBS.add(verb)
    return verb


def open_actions(flow: Flow, record: Record, by: Actor) -> list[Action]:
    """The actions open in the record's state that the actor may do, in the order of the flow."""
    actions = []
    for verb in flow.open_verbs(record.state):
        if verb not in COMMANDS or not by.may(verb) or verb not in VERBS:
            continue
        label, icon, _ = VERBS[verb]
        path = verb.split(".")[1].replace("_", "-")
        url = f"{record_url(record)}/{path}"
        form_url = url if verb in FORM_VERBS else None
        ask = QUESTIONS.get(verb.split(".")[1] if verb.endswith(".discard") else verb, ("", ""))
        actions.append(Action(verb, label, icon, url, form_url, record.version, *ask))
    return actions


def do_verb(verb: str, record: Record, by: Actor, values: Mapping[str, Any] | None = None) -> Response:
    """Do a verb on a record and go where its result is shown."""
    form = Form(request.form)
    given = dict(values or {})
    command = COMMANDS[verb].function
    if "version" in command.__code__.co_varnames and form.version() is not None:
        given["version"] = form.version()
    result = run(verb)(record.id, **given, by=by, request_key=form.text("request_key") or None)
    return done(verb, result if isinstance(result, int) else record.id)


def once(function: Callable[P, R], form: Form) -> Callable[P, R]:
    """A command that acts once for this form, however often it is sent."""
    keyed: Any = function
    return cast(Callable[P, R], partial(keyed, request_key=form.text("request_key") or None))


def run(verb: str) -> Callable[..., Any]:
    """The registered command with permission, transaction and event."""
    return COMMANDS[verb].call


def done(verb: str, record_id: int) -> Response:
    """To the page of a record, saying what was done."""
    see_changes()
    record = session().get_one(Record, record_id)
    # A drafted invoice or correction waits for one thing: to be checked and posted.
    drafted = record.state == "draft" and record.kind in ("invoice", "credit_note") and verb in DRAFTING
    if drafted and may(f"{record.kind}.post"):
        return redirect(f"{record_url(record)}/post?done={verb.replace('.', '-')}", 303)
    return redirect(f"{record_url(record)}?done={verb.replace('.', '-')}", 303)
