"""Functions whose conditions hold or do not hold for some of those that call them, and which of their steps that leaves to be run."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from invariants.facts.code import Argument, Arm, Parameter, Step
from invariants.replay.web.corpus import File

Constant = tuple[str, str]
"""The kind of an argument, and its value."""
Constants = Mapping[str, Constant]
"""The names that are constants."""
NONE: Constants = {}
CONSTANTS = frozenset({"string", "number", "boolean", "null"})
VALUE = r"""None|True|False|-?[\d.]+|'[^'\\]*'|"[^"\\]*\""""
CONDITION = re.compile(rf"(?P<no>not )?(?P<name>\w+)(?: (?P<how>==|!=|is not|is) (?P<value>{VALUE}))?")
WORDS: dict[str, Constant] = {
    **dict.fromkeys(("None", "null", "undefined"), ("null", "")),
    **dict.fromkeys(("True", "true"), ("boolean", "true")),
    **dict.fromkeys(("False", "false"), ("boolean", "false")),
}


def constants(taken: Sequence[Parameter], given: Iterable[Argument]) -> Constants:
    """The parameters of a function that are constants in a call: as it gives them, or as they are by default."""
    said = {each.name: each for each in given}
    if said.keys() & {"*", "**"}:
        return {}
    found = {each.name: _given(each, said) for each in taken if each.form != "changing"}
    return {name: each for name, each in found.items() if each is not None}


def _given(taken: Parameter, said: Mapping[str, Argument]) -> Constant | None:
    """What a parameter is in a call; null where that is no constant."""
    if taken.form == "rest":
        return "several", " ".join(each for each in said if each.isdigit() and int(each) >= taken.position)
    own = said.get(taken.name) or said.get(str(taken.position))
    if own is not None:
        return (own.kind, own.value) if own.kind in CONSTANTS else None
    kind, is_said, value = taken.otherwise.partition(" ")
    return (kind, value) if is_said else None


def handed_on(given: Iterable[Argument], known: Constants) -> Iterator[Argument]:
    """What a call is given in a function that knows some names as constants."""
    for each in given:
        kind, value = known.get(each.value, (each.kind, each.value)) if each.kind == "symbol" else (each.kind, each.value)
        yield each._replace(kind=kind, value=value) if kind in CONSTANTS else each  # type: ignore[arg-type]


def names_nobody(own: File, name: str, given: Iterable[Argument]) -> bool:
    """Whether nobody is among what a function is given, by place, as those that it lets in: ``roles("admin", None)``."""
    first = next((each.position for each in own.parameters.get(name, []) if each.form == "rest"), None)
    return first is not None and any(each.kind == "null" and each.name.isdigit() and int(each.name) >= first for each in given)


def inside(own: File, name: str, known: Constants) -> Constants:
    """The constants of a function that those in it know, but for the names that they have themselves."""
    taken = {each.name for each in own.parameters.get(name, [])}
    return {each: value for each, value in known.items() if each not in taken}


class Given:
    """The conditions of a function whose parameters, or those of the function around it, are constants."""

    def __init__(self, own: File, known: Constants) -> None:
        self._own = own
        self._known = known

    def holds(self, step: Step) -> bool | None:
        """Whether a condition holds that asks for one of the constants alone; null where it cannot be told."""
        found = CONDITION.fullmatch(step.symbol)
        if found is None or found["name"] not in self._known or not self._is_alone(step, found["name"], found["value"]):
            return None
        held = self._known[found["name"]]
        holds = held == read(found["value"]) if found["how"] else _is_something(held)
        return holds != (bool(found["no"]) != (found["how"] in {"!=", "is not"}))

    def _is_alone(self, step: Step, name: str, value: str | None) -> bool:
        """Whether a condition asks for a parameter as it was given; one that is given something else later may be that as well."""
        found = self._own.dependences.get((step.function_name, step.position), [])
        told = {(each.origin, each.symbol) for each in found} - {("constant", value)}
        return told in ({("parameter", name)}, {("other", name)})


class Choosing:
    """One function; holds: whether the condition of a branch does, where that can be told."""

    def __init__(self, own: File, name: str, holds: Callable[[Step], bool | None]) -> None:
        self._holds = holds
        self._found: list[Step] = []
        self._is_decided = False
        self._children: dict[int | None, list[Step]] = {}
        for each in own.steps.get(name, []):
            self._children.setdefault(each.parent, []).append(each)
        self.ends = self._block(self._children.get(None, []), None, "")
        """Whether none of its paths comes to the end without saying what it answers."""
        self.is_decided = self._is_decided
        """Whether any of its conditions could be told."""
        self.steps = self._found
        """The steps that may be run, without the branches that are decided."""

    def _block(self, steps: Sequence[Step], parent: int | None, arm: Arm) -> bool:
        """Whether nothing comes to the end of a block, which stands in an arm of a step that is left."""
        for each in steps:
            said = self._holds(each) if each.kind == "branch" else None
            self._is_decided = self._is_decided or said is not None
            if said is None:
                self._found.append(each._replace(parent=parent, arm=arm))
            if each.kind in {"reject", "return"} or self._below(each, said, parent, arm):
                return True
        return False

    def _below(self, step: Step, said: bool | None, parent: int | None, arm: Arm) -> bool:
        """Whether nothing comes past what is under a step."""
        below = self._children.get(step.position, [])
        arms = {arm: [each for each in below if each.arm == arm] for arm in dict.fromkeys(each.arm for each in below)}
        if said is not None:
            return self._block(arms.get("then" if said else "else", []), parent, arm)
        ended = [self._block(each, step.position, name) for name, each in arms.items()]
        return step.kind == "branch" and {"then", "else"} <= arms.keys() and all(ended)


def read(value: str) -> Constant:
    """A constant as Python writes it."""
    return WORDS.get(value) or (("string", value[1:-1]) if value[0] in "'\"" else ("number", value))


def _is_something(held: Constant) -> bool:
    kind, value = held
    return value not in {"", "false"} and not (kind == "number" and complex(value) == 0) if kind != "string" else value != ""
