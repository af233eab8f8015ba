"""An operation at work."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from invariants.facts.ddl import Statement
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.replay.django import constraints
from invariants.replay.django.columns import is_key, pointed
from invariants.replay.django.conditions import Untold
from invariants.replay.django.editor import Editor, statement
from invariants.replay.django.state import Arguments, Made, Model, State

Fact = Statement | Unread


class Work(NamedTuple):
    """An operation at work."""

    state: State
    editor: Editor
    app: str
    at: Place
    call: Arguments

    def model(self, keyword: str = "model_name") -> Model:
        """The model that it is about."""
        name = self.call.word(keyword, 0)
        found = self.state.find(self.app, name)
        if found is None:
            raise Untold(f"no migration before it creates the model {self.app}.{name}")
        return found


def unknown_relations(work: Work, model: Model, made: list[Made]) -> Iterator[Unread]:
    """Foreign keys into applications of installed packages, whose tables no file of the repository makes."""
    for each in made:
        to = each.get("to", 0)
        if is_key(each) and to is not None and each.kwargs.get("db_constraint") is not False and pointed(work.state, model, each) is None:
            target = to if isinstance(to, str) else getattr(to, "path", "") or "what it points to"
            at = work.at._replace(line=max(each.line, work.at.line), column=1) if each.line > work.at.line else work.at
            message = f"{target} is a model of an installed package, so the foreign key to it is left out"
            yield Unread(at, "unknown", message, "Carve it out, or keep that package's migrations in the repository.")


def constrained(work: Work, model: Model, constraint: Made, *, late: bool = False, line: int = 0) -> Iterator[Fact]:
    """A constraint of a table added. One of a class of another file may run any SQL, so that it is remembered who added it."""
    if not constraints.is_known(constraint) and work.call.mode != "state":
        model.foreign[str(constraint.kwargs.get("name"))] = work.at
    yield from written(work, partial(constraints.add, model, constraint, late=late), line)


def written(work: Work, write: Callable[[], str | None], line: int = 0) -> Iterator[Fact]:
    """A statement on the line of the part of the operation that asks for it, if there is one; the doubt where it cannot be told."""
    at = work.at._replace(line=line, column=1) if work.at.line < line <= work.at.end_line else work.at
    try:
        sql = write()
        if sql is not None:
            yield statement(at, sql)
    except Untold as error:
        yield Unread(at, "unknown", f"what SQL this runs cannot be told: {error} is not known here", "Write it as SQL with RunSQL.")
