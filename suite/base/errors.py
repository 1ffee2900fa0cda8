"""Refusals: what a command says when a rule forbids it."""

from typing import Any

from sqlalchemy.exc import DontWrapMixin


class Refusal(Exception):
    """A rule said no: a stable kebab-case code, the field it belongs to, and parameters for the sentence."""

    def __init__(self, code: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code}{f' at {self.field}' if self.field else ''}{f' ({shown})' if shown else ''}"

    @property
    def problems(self) -> tuple["Refusal", ...]:
        """All problems at once; a single refusal is its own only problem."""
        return (self,)


class Refusals(Refusal):
    """Several problems found in one pass, so that a person sees all of them together."""

    def __init__(self, problems: list[Refusal]) -> None:
        super().__init__(problems[0].code, field=problems[0].field, **problems[0].params)
        self._problems = tuple(problems)

    def __str__(self) -> str:
        return "; ".join(str(problem) for problem in self._problems)

    @property
    def problems(self) -> tuple[Refusal, ...]:
        """The problems in the order they were found."""
        return self._problems


class NotPermitted(Refusal):
    """The actor lacks the permission for a verb."""

    def __init__(self, verb: str) -> None:
        super().__init__("not-permitted", verb=verb)


class NotFound(Refusal):
    """No such record for this actor: it does not exist or may not be seen."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__("not-found", kind=kind, key=str(key))


class Conflict(Refusal):
    """Somebody else changed the record since the reader saw it."""

    def __init__(self, *, version: int, expected: int) -> None:
        super().__init__("changed-meanwhile", version=version, expected=expected)


class Unavailable(Refusal):
    """The database cannot take the write now; trying again later is right."""


class Unfit(Refusal, DontWrapMixin):
    """A value no column of its kind can keep: the net below the rules of the commands, on both engines alike."""

    def __init__(self, value: object) -> None:
        super().__init__("value-unfit", value=str(value)[:40])
