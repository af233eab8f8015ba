"""Entities of ``alembic_utils``: functions, views, triggers, policies and grants kept as objects."""

import re
from collections.abc import Callable, Iterator

from invariants.frontends.alembic.tables import Untold, word
from invariants.python.questions import name
from invariants.python.values import Call, Value


def create(call: Call) -> Iterator[str]:
    """An entity created."""
    yield from _statements(_entity(call), "CREATE")


def replace(call: Call) -> Iterator[str]:
    """An entity replaced, or dropped and created again."""
    entity = _entity(call)
    if entity.name in {"PGFunction", "PGView"}:
        yield from _statements(entity, "CREATE OR REPLACE")
    else:
        yield from drop(call)
        yield from _statements(entity, "CREATE")


def drop(call: Call) -> Iterator[str]:
    """An entity dropped."""
    entity = _entity(call)
    kind = KINDS[entity.name]
    signature = _signature(entity)
    if entity.name in {"PGTrigger", "PGPolicy"}:
        yield f"DROP {kind} {signature} ON {_on(entity)}"
    elif entity.name == "PGGrantTable":
        yield f"REVOKE {_grant(entity)} FROM {_role(entity)}"
    else:
        yield f"DROP {kind} {signature if entity.name == 'PGExtension' else f'{_schema(entity)}.{signature}'}"


KINDS = {
    "PGFunction": "FUNCTION",
    "PGView": "VIEW",
    "PGMaterializedView": "MATERIALIZED VIEW",
    "PGTrigger": "TRIGGER",
    "PGPolicy": "POLICY",
    "PGExtension": "EXTENSION",
    "PGGrantTable": "GRANT",
}


def _entity(call: Call) -> Call:
    entity: Value = call.get("entity", 0)
    if not isinstance(entity, Call) or entity.name not in KINDS:
        raise Untold("what this entity is cannot be told from this file")
    return entity


def _schema(entity: Call) -> str:
    return name(word(entity.get("schema", 0)))


def _signature(entity: Call) -> str:
    """The name, quoted, with a function's arguments behind it."""
    label, paren, arguments = word(entity.get("signature", 1)).partition("(")
    plain = label.strip().strip('"')
    return name(plain) + paren + arguments


def _on(entity: Call) -> str:
    return word(entity.get("on_entity", 2 if entity.name == "PGTrigger" else 3))


def _qualified(definition: str, table: str) -> str:
    """A trigger's definition with the table as the entity names it."""
    plain = table.rpartition(".")[2]
    return re.sub(rf"\bON\s+{re.escape(plain)}\b", f"ON {table}", definition, count=1, flags=re.IGNORECASE)


def _grant(entity: Call) -> str:
    given = entity.get("grant", 4)
    privilege = word(given.get("", 0) if isinstance(given, Call) else given)
    return f"{privilege} ON {_schema(entity)}.{name(word(entity.get('table', 1)))}"


def _role(entity: Call) -> str:
    return word(entity.get("role", 3))


def _statements(entity: Call, verb: str) -> Iterator[str]:
    if entity.name == "PGGrantTable":
        yield f"GRANT {_grant(entity)} TO {_role(entity)}"
        return
    if entity.name == "PGExtension":
        yield f"CREATE EXTENSION {_signature(entity)} WITH SCHEMA {_schema(entity)}"
        return
    definition = word(entity.get("definition", 3 if entity.name == "PGTrigger" else 2)).strip().rstrip(";")
    if entity.name == "PGTrigger":
        definition = _qualified(definition, _on(entity))
        yield definition if definition.upper().startswith("CREATE") else f"CREATE TRIGGER {_signature(entity)} {definition}"
    elif entity.name == "PGPolicy":
        yield f"CREATE POLICY {_signature(entity)} ON {_on(entity)} {definition}"
    elif entity.name == "PGFunction":
        yield f"{verb} FUNCTION {_schema(entity)}.{_signature(entity)} {definition}"
    else:
        yield f"{verb} {KINDS[entity.name]} {_schema(entity)}.{_signature(entity)} AS {definition}"


OPERATIONS: dict[str, Callable[[Call], Iterator[str]]] = {"create_entity": create, "replace_entity": replace, "drop_entity": drop}
