"""Django's migrations replayed over its models, so that each operation becomes the statements that it runs.

Django derives its SQL from the state of all models before an operation. So does this: the operations of all migrations, in
order, change the models kept in ``state``; ``editor`` says what PostgreSQL is told meanwhile.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from invariants.facts.ddl import Operation, Statement
from invariants.replay.django.editor import Editor
from invariants.replay.django.operations import apply
from invariants.replay.django.state import State, decode

Fact = Any


def resolve(migrations: Iterable[tuple[str, Sequence[Fact]]]) -> list[tuple[str, list[Fact]]]:
    """The migrations with their operations turned into statements. ``migrations`` are files with their facts, in the order they run."""
    state = State()
    files = [(path, list(facts)) for path, facts in migrations]
    found = [(path, list(_numbered(_resolved(state, facts)))) for path, facts in files]
    prelude = state.contributed()
    if found and prelude:
        found[0] = (found[0][0], list(_numbered([*prelude, *found[0][1]])))
    return found


def _resolved(state: State, facts: Sequence[Fact]) -> Iterator[Fact]:
    """The facts of one migration; what Django puts off until its end comes last."""
    editor = Editor(state)
    scratch: Editor | None = None
    yield from (fact for fact in facts if not isinstance(fact, (Operation, Statement)))
    for fact in sorted((each for each in facts if isinstance(each, (Operation, Statement))), key=lambda each: each.position):
        if isinstance(fact, Statement):
            yield fact
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


def _numbered(facts: Iterable[Fact]) -> Iterator[Fact]:
    position = 0
    for fact in facts:
        if isinstance(fact, Statement):
            yield fact._replace(position=position)
            position += 1
        else:
            yield fact
