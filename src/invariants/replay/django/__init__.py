"""Django's migrations replayed over its models, so that each operation becomes the statements that it runs.

Django derives its SQL from the state of all models before an operation. So does this: the operations of all migrations, in
order, change the models kept in ``state``; ``editor`` says what PostgreSQL is told meanwhile.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from invariants.facts import db
from invariants.facts.ddl import Handed, Operation, Statement
from invariants.replay.django.editor import Editor
from invariants.replay.django.operations import apply
from invariants.replay.django.state import State, decode

Fact = Any
ORDERED = (Handed, Operation, Statement)


def resolve(migrations: Iterable[tuple[str, Sequence[Fact]]], schema: str = "public") -> list[tuple[str, list[Fact]]]:
    """The migrations with their operations turned into statements, and last what may have secured a table and cannot be told.

    ``migrations`` are files with their facts, in the order they run; ``schema`` is where tables are made.
    """
    state = State()
    files = [(path, list(facts)) for path, facts in migrations]
    found = [(path, list(_numbered(_resolved(state, facts)))) for path, facts in files]
    prelude = state.contributed()
    if found and prelude:
        found[0] = (found[0][0], list(_numbered([*prelude, *found[0][1]])))
    if found:
        found[-1][1].extend(_obscured(state, schema))
    return found


def _obscured(state: State, schema: str) -> Iterator[db.Obscured]:
    """What constraints of classes of other files may have done to the tables that have them still."""
    for model in state.models.values():
        name = model.table.strip('"').replace('"."', ".")
        for at in model.foreign.values():
            for what in get_args(db.Securing):
                yield db.Obscured(at, "", what, name if "." in name else f"{schema}.{name}")


def _resolved(state: State, facts: Sequence[Fact]) -> Iterator[Fact]:
    """The facts of one migration; what Django puts off until its end comes last."""
    editor = Editor(state)
    scratch: Editor | None = None
    yield from (fact for fact in facts if not isinstance(fact, ORDERED))
    for fact in sorted((each for each in facts if isinstance(each, ORDERED)), key=lambda each: each.position):
        if not isinstance(fact, Operation):
            yield fact if isinstance(fact, Statement) else _of_model(state, fact)
            continue
        call = decode(fact)
        if call.mode == "database":
            scratch = scratch or Editor(state.copy())
            yield from apply(scratch.state, scratch, fact, call)
            continue
        if scratch is not None:
            yield from scratch.deferred()
            scratch = None
        yield from apply(state, editor, fact, call)
    yield from [*(scratch.deferred() if scratch is not None else ()), *editor.deferred()]


def _of_model(state: State, fact: Handed) -> Handed:
    """A name with the table that it stands for, where it is a model's."""
    app, _, name = fact.name.rpartition(".")
    model = state.find(app or fact.app, name)
    return fact if model is None else fact._replace(name=model.table)


def _numbered(facts: Iterable[Fact]) -> Iterator[Fact]:
    position = 0
    for fact in facts:
        if isinstance(fact, Statement):
            yield fact._replace(position=position)
            position += 1
        else:
            yield fact
