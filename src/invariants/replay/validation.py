"""What PostgreSQL checks of a function when it makes it (``check_function_bodies``)."""

from collections.abc import Iterator
from contextlib import contextmanager

from invariants.postgres.grammar import GrammarError, parse
from invariants.replay import session
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.objects import Function
from invariants.replay.resolver import Resolver
from invariants.replay.scopes import Item, Scope

OFF = {"off", "false", "no", "0"}


def validate(machine: Machine, function: Function) -> None:
    """An SQL body parses, and what it reads and writes is there. Of PL/pgSQL, no name is checked before it runs.

    Its parameters may go by any name, so a column that is named alone may be one of them.
    """
    if function.language != "sql" or session.current(machine.catalog, "check_function_bodies") in OFF or _is_polymorphic(function):
        return
    try:
        statements = parse(function.body)
    except GrammarError as error:
        raise Failure("42601", error.message) from error
    parameters = Scope([Item(function.name, [], is_open=True)])
    with _searching(machine, function):
        for statement in statements:
            Resolver(machine).visit(statement.node, parameters)


def _is_polymorphic(function: Function) -> bool:
    """What the names in it mean is not known before a call says the types."""
    return any(each.type_name.startswith("any") for each in function.arguments)


@contextmanager
def _searching(machine: Machine, function: Function) -> Iterator[None]:
    """The session with the settings that the function brings."""
    catalog = machine.catalog
    before = catalog.session
    for name, value in function.settings:
        if name not in {"role", "session_authorization"}:
            session.assign(catalog, name, value)
    yield
    catalog.configure(before)
