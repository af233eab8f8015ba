"""The variables of a PL/pgSQL body, block within block."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from invariants.postgres.grammar import GrammarError, parse_expression
from invariants.postgres.plpgsql.nodes import Sql
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.plpgsql import casts, finding
from invariants.replay.plpgsql.casts import Type
from invariants.replay.plpgsql.scope import Result
from invariants.replay.plpgsql.values import MISSING, Record, Unsure, Value, guess_of, lifted

NO_TYPE = Type("", "")


@dataclass(slots=True)
class Variable:
    """A variable. A record takes whole rows; a cursor has a query and, once open, its rows and its place in them."""

    value: Value
    type: Type = NO_TYPE
    is_record: bool = False
    query: Sql | None = None
    parameters: tuple[str, ...] = ()
    rows: Result | None = None
    position: int = 0


@lru_cache(maxsize=1024)
def type_named(text: str) -> Type:
    """The type of a declaration; NO_TYPE for those that a column or table lends."""
    if "%" in text:
        return NO_TYPE
    try:
        return casts.type_of(parse_expression(f"NULL::{text}").type_cast.type_name)
    except GrammarError:
        return NO_TYPE


def declared(catalog: Catalog, type_name: str) -> Variable:
    """A variable of a type, still NULL."""
    lowered = type_name.lower()
    kind = type_named(type_name)
    is_record = lowered == "record" or lowered.endswith("%rowtype") or _is_row(catalog, kind)
    return Variable(None, NO_TYPE if is_record else kind, is_record)


def _is_row(catalog: Catalog, kind: Type) -> bool:
    if not kind.name or kind.is_array or kind.name in finding.NUMBERS or kind.name in finding.SYNONYMS or kind.schema == "pg_catalog":
        return False
    return finding.relation(catalog, [kind.schema, kind.name] if kind.schema else [kind.name]) is not None


@dataclass
class Frame:
    """The variables of one block, loop or function, under its label."""

    label: str
    variables: dict[str, Variable] = field(default_factory=dict)


class Locals:
    """All variables in sight, the innermost last."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.frames: list[Frame] = [Frame("", {"found": Variable(False, Type("", "bool"))})]

    def variable(self, name: str) -> Variable | None:
        return next((frame.variables[name] for frame in reversed(self.frames) if name in frame.variables), None)

    def _rooted(self, parts: Sequence[str]) -> tuple[Variable | None, Sequence[str]]:
        """The variable that a name begins with, and the rest of it."""
        found = self.variable(parts[0])
        if found is not None or len(parts) == 1:
            return found, parts[1:]
        for frame in reversed(self.frames):
            if frame.label == parts[0] and parts[1] in frame.variables:
                return frame.variables[parts[1]], parts[2:]
        return None, ()

    def find(self, parts: Sequence[str]) -> Value:
        variable, rest = self._rooted(parts)
        if variable is None:
            return MISSING
        value = variable.value
        for name in rest:
            value = _field(value, name, variable)
        return value

    def assign(self, name: str, value: Value) -> None:
        """Give a variable, or the field of a record, a value."""
        parts = name.split(".")
        variable, rest = self._rooted(parts)
        if variable is None:
            raise Failure("42601", f'"{name}" is not a known variable')
        if rest:
            fields = variable.value.fields if isinstance(variable.value, Record) else {}
            variable.value = Record({**fields, rest[-1]: value})
        else:
            variable.value = self._converted(variable, value)

    def _converted(self, variable: Variable, value: Value) -> Value:
        kind = variable.type
        if (
            kind.length is not None
            and isinstance(value, str)
            and kind.name in {"varchar", "bpchar"}
            and len(value.rstrip(" ")) > kind.length
        ):
            raise Failure("22001", f"value too long for type {kind.name}({kind.length})")
        return value if kind == NO_TYPE else casts.cast(self.catalog, value, kind)

    def assign_element(self, name: str, subscripts: list[Value], value: Value) -> None:
        """array[n] := value."""
        old = self.find(name.split("."))

        def changed(array: Value, new: Value, *them: Value) -> Value:
            found = list(array or [])
            found += [None] * (them[0] - len(found))
            found[them[0] - 1] = new if len(them) == 1 else changed(found[them[0] - 1], new, *them[1:])
            return found

        self.assign(name, lifted(changed, old, value, *subscripts))

    def take(self, targets: Sequence[str], names: Sequence[str], values: Sequence[Value]) -> None:
        """Give a row to its targets: one record, or as many variables as there are columns."""
        first = self.variable(targets[0])
        if len(targets) == 1 and first is not None and first.is_record:
            whole = values[0] if len(values) == 1 and isinstance(values[0], Record) else Record(dict(zip(names, values, strict=True)))
            self.assign(targets[0], whole)
            return
        if len(values) == 1 and isinstance(values[0], Record) and len(targets) > 1:
            values = values[0].items()
        for index, target in enumerate(targets):
            self.assign(target, values[index] if index < len(values) else None)

    def clear(self, targets: Sequence[str]) -> None:
        """No row came: all NULL."""
        for target in targets:
            variable, rest = self._rooted(target.split("."))
            if variable is not None and variable.is_record and not rest:
                variable.value = None
            else:
                self.assign(target, None)

    def taint(self, names: set[str], cause: str) -> None:
        """Variables that may have been given a value, or not."""
        for name in names:
            variable = self.variable(name.partition(".")[0])
            if variable is not None and not isinstance(variable.value, Unsure):
                variable.value = Unsure(cause, guess_of(variable.value))


def _field(value: Value, name: str, variable: Variable) -> Value:
    if isinstance(value, Unsure):
        guess = value.guess
        return Unsure(value.cause, guess.fields.get(name, MISSING) if isinstance(guess, Record) else None if guess is None else MISSING)
    if isinstance(value, Record):
        return guess if (guess := value.fields.get(name, MISSING)) is not MISSING else _missing(name)
    if value is None and variable.is_record:
        return None
    return MISSING


def _missing(name: str) -> Value:
    raise Failure("42703", f'record has no field "{name}"')
