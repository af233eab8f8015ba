"""Views and rewrite rules. CREATE OR REPLACE VIEW takes the options of the new statement, none where it says none."""

from typing import Any

from invariants.postgres.tree import strings
from invariants.replay import expressions, tables
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import creation_schema, find_relation
from invariants.replay.objects import Column, Relation, Rule, Step
from invariants.replay.records import replace
from invariants.replay.shelf import Use


def _create(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    found = expressions.query(machine, node.query)
    if expressions.reads_temporary(machine, found):
        node.view.relpersistence = "t"
    schema = creation_schema(catalog, node.view.schemaname, temporary=node.view.relpersistence == "t")
    known = catalog.relations.named(schema.oid, node.view.relname)
    made = _columns(machine, node, found)
    if known is not None and node.replace:
        _replace(machine, known, node, found, made)
        return
    view = tables.new(machine, node.view, "view")
    changed = replace(view, columns=made, next_number=len(made) + 1, definition=found.text, uses=view.uses | found.uses)
    catalog.relations.put(replace(changed, options=tuple(_options(node)), options_at=catalog.at))


def _options(node: Any) -> list[tuple[str, str]]:
    checks = {"LOCAL_CHECK_OPTION": "local", "CASCADED_CHECK_OPTION": "cascaded"}
    names = type(node).DESCRIPTOR.fields_by_name["with_check_option"].enum_type.values_by_number
    check = checks.get(names[node.with_check_option].name)
    return [*tables.options(node.options), *([("check_option", check)] if check else [])]


def _columns(machine: Machine, node: Any, found: expressions.Query) -> tuple[Column, ...]:
    aliases = strings(node.aliases)
    if len(aliases) > len(found.outputs):
        raise Failure("42601", "CREATE VIEW specifies more column names than columns")
    names = [*aliases, *(output.name for output in found.outputs[len(aliases) :])]
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise Failure("42701", f'column "{double}" specified more than once')
    at = machine.catalog.at
    return tuple(
        Column(name=name, number=number, type_name=output.type_name, at=at)
        for number, (name, output) in enumerate(zip(names, found.outputs, strict=False), 1)
    )


def _replace(machine: Machine, known: Relation, node: Any, found: expressions.Query, made: tuple[Column, ...]) -> None:
    if known.kind != "view":
        raise Failure("42809", f'"{known.name}" is not a view')
    if len(made) < len(known.columns):
        raise Failure("42P16", "cannot drop columns from view")
    for old, new in zip(known.columns, made, strict=False):
        if old.name != new.name:
            raise Failure("42P16", f'cannot change name of view column "{old.name}" to "{new.name}"')
        if old.type_name and new.type_name and old.type_name != new.type_name:
            raise Failure("42P16", f'cannot change data type of view column "{old.name}"')
    catalog = machine.catalog
    kept = (
        tuple(replace(new, acl=old.acl, default=old.default) for old, new in zip(known.columns, made, strict=False))
        + made[len(known.columns) :]
    )
    history = (*known.history, Step(catalog.at, "replaced"))
    uses = found.uses | {Use(known.schema)}
    changed = replace(known, columns=kept, next_number=len(kept) + 1, definition=found.text, uses=uses, history=history)
    catalog.relations.put(replace(changed, options=tuple(_options(node)), options_at=catalog.at))


def _rule(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    table = find_relation(machine, node.relation)
    known = catalog.rules.named(table.oid, node.rulename)
    if known is not None and not node.replace:
        raise Failure("42710", f'rule "{node.rulename}" for relation "{table.name}" already exists')
    events = {2: "select", 3: "update", 4: "insert", 5: "delete"}
    oid = known.oid if known else catalog.oid()
    uses = frozenset({Use(table.oid, 0, auto=True)})
    event = events.get(node.event, "select")
    catalog.rules.put(Rule(oid=oid, name=node.rulename, table=table.oid, event=event, instead=node.instead, uses=uses, made=catalog.at))


HANDLERS: dict[str, Handler] = {"view_stmt": _create, "rule_stmt": _rule}
