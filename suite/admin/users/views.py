"""Pages of users and of the permission matrix."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from suite.admin.users.commands import (
    add_user,
    change_password,
    disable_user,
    enable_user,
    reset_password,
    set_user_roles,
)
from suite.admin.users.queries import matrix, users
from suite.base.db import see_changes, session
from suite.base.errors import NotFound, NotPermitted, Refusal
from suite.model import User
from suite.shared.roles import ROLES
from suite.web.forms import Form
from suite.web.session import guessing_own_password, session_digest
from suite.web.shell import by

blueprint = Blueprint("users", __name__)


@blueprint.get("/users")
def index() -> str:
    """Everybody who may sign in."""
    _may_read()
    return render_template("admin/users/index.html", users=users())


@blueprint.route("/users/new", methods=["GET", "POST"])
def new() -> Any:
    """Add a user; the password is shown once."""
    _may_read()
    form = Form(request.form)
    if request.method == "POST":
        try:
            # Not kept under the form's key: sent twice it is told that the name is taken, and no table holds the password.
            password = add_user(
                login=form.text("login"),
                name=form.text("name"),
                roles=request.form.getlist("roles"),
                password=form.text("password") or None,
                by=by(),
            )
            return render_template("admin/users/password.html", login=form.text("login"), password=password)
        except Refusal as refusal:
            form.refuse(refusal)
    chosen = request.form.getlist("roles")
    page = render_template("admin/users/edit.html", form=form, user=None, roles=list(ROLES), chosen=chosen)
    return page, 422 if form.errors else 200


@blueprint.route("/users/<int:user_id>", methods=["GET", "POST"])
def edit(user_id: int) -> Any:
    """A user's roles."""
    _may_read()
    user = _user(user_id)
    form = Form(request.form)
    chosen = [role.role for role in user.roles]
    if request.method == "POST":
        chosen = request.form.getlist("roles")
        try:
            set_user_roles(user_id, roles=chosen, had=form.text("had").split() or None, by=by())
            return redirect("/users?done=user-set_roles", 303)
        except Refusal as refusal:
            see_changes()
            form.refuse(refusal)
    page = render_template("admin/users/edit.html", form=form, user=user, roles=list(ROLES), chosen=chosen)
    return page, 422 if form.errors else 200


@blueprint.post("/users/<int:user_id>/<any(disable,enable):step>")
def act(user_id: int, step: str) -> Response:
    """Shut a user out, or let them in again."""
    (disable_user if step == "disable" else enable_user)(user_id, by=by())
    return redirect(f"/users?done=user-{step}", 303)


@blueprint.post("/users/<int:user_id>/password")
def new_password(user_id: int) -> str:
    """A new password, shown once."""
    password = reset_password(user_id, by=by())
    return render_template("admin/users/password.html", login=_user(user_id).login, password=password)


@blueprint.route("/account/password", methods=["GET", "POST"])
def own_password() -> Any:
    """Change the own password."""
    form = Form(request.form)
    if request.method == "POST":
        try:
            if form.text("new") != form.text("again"):
                raise Refusal("password-twice", field="again")
            with guessing_own_password(by().name):
                change_password(old=form.text("old"), new=form.text("new"), here=session_digest(), by=by())
            return redirect("/account/password?done=user-change_password", 303)
        except Refusal as refusal:
            form.refuse(refusal)
    form.values = {}  # a password is never written into a page
    page = render_template("admin/users/account.html", form=form)
    return page, 422 if form.errors else 200


@blueprint.get("/permissions")
def permissions() -> str:
    """Who may do what, from the registry."""
    _may_read()
    return render_template("admin/users/matrix.html", roles=list(ROLES), matrix=matrix())


def _may_read() -> None:
    if not by().may("user.read"):
        raise NotPermitted("user.read")


def _user(user_id: int) -> User:
    user = session().get(User, user_id)
    if user is None:
        raise NotFound("user", user_id)
    return user
