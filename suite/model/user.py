"""Users and the roles they hold."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from suite.base.db import Model


class User(Model):
    """A person who signs in; `login` is folded, `password_hash` is argon2id."""

    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    locale: Mapped[str] = mapped_column(CheckConstraint("locale IN ('de','en')", name="locale"), default="de")
    theme: Mapped[str] = mapped_column(
        CheckConstraint("theme IN ('auto','light','dark')", name="theme"), default="auto"
    )
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    roles: Mapped[list["UserRole"]] = relationship(
        back_populates="user", lazy="selectin", cascade="all, delete-orphan"
    )


class UserRole(Model):
    """A role preset a user holds."""

    __tablename__ = "user_role"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[User] = relationship(back_populates="roles")


class LoginAttempt(Model):
    """Failed sign-ins per account and per address: throttled before a password is hashed."""

    __tablename__ = "login_attempt"
    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
