"""Flow: which verbs are open in which state, declared on the model so that both wings see it."""

from dataclasses import dataclass

from suite.base.errors import Refusal


@dataclass(frozen=True)
class Step:
    """A verb: the states it is open in and the state it leads to (None: stays or is computed)."""

    verb: str
    states: frozenset[str]
    to: str | None = None


class Flow:
    """The states of one kind of record and the steps between them; the first state is the initial one."""

    def __init__(self, states: str, *steps: tuple[str, str, str | None]) -> None:
        self.states = tuple(states.split())
        self.steps: dict[str, Step] = {}
        for verb, from_states, to in steps:
            allowed = frozenset(from_states.split())
            unknown = (allowed | ({to} if to else set())) - set(self.states)
            if unknown:
                raise ValueError(f"{verb}: unknown states {unknown}")
            self.steps[verb] = Step(verb, allowed, to)

    @property
    def initial(self) -> str:
        """The state a new record starts in."""
        return self.states[0]

    def is_open(self, verb: str, state: str) -> bool:
        """Whether `verb` may be done in `state`."""
        step = self.steps.get(verb)
        return step is not None and state in step.states

    def open_verbs(self, state: str) -> list[str]:
        """The verbs open in `state`, in the order of their declaration."""
        return [verb for verb, step in self.steps.items() if state in step.states]

    def after(self, verb: str, state: str) -> str:
        """The state after `verb`; raises `Refusal("step-not-open")`."""
        step = self.steps[verb]
        if state not in step.states:
            raise Refusal("step-not-open", verb=verb, state=state)
        return step.to or state
