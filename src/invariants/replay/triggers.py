"""Triggers on tables and views, their clones on partitions, and event triggers."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from invariants.postgres.tree import strings
from invariants.replay import expressions
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import find_relation, object_named
from invariants.replay.objects import EventTrigger, Relation, Step, Trigger
from invariants.replay.records import replace
from invariants.replay.shelf import Use
from invariants.replay.signatures import without_arguments

Timing = Literal["before", "after", "instead of"]
BEFORE, INSTEAD = 2, 64
EVENTS: Mapping[int, str] = {4: "insert", 8: "delete", 16: "update", 32: "truncate"}
"""The bits of TRIGGER_TYPE_*."""
EVENT_NAMES = {"ddl_command_start", "ddl_command_end", "sql_drop", "table_rewrite", "login"}
TABLES = {"table", "partitioned", "foreign"}


def _create(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    table = find_relation(machine, node.relation)
    _check(table, node)
    function = _function(machine, node.funcname, "trigger")
    known = catalog.triggers.named(table.oid, node.trigname)
    if known and not node.replace:
        raise Failure("42710", f'trigger "{node.trigname}" for relation "{table.name}" already exists')
    if known and (known.constraint or known.parent):
        kind = "a constraint trigger" if known.constraint else "an internal or a child trigger"
        raise Failure("42710", f'trigger "{node.trigname}" for relation "{table.name}" is {kind}')
    at = catalog.at
    trigger = Trigger(
        oid=known.oid if known else catalog.oid(),
        name=node.trigname,
        table=table.oid,
        function=function,
        timing=_timing(node),
        level="row" if node.row else "statement",
        events=frozenset(event for bit, event in EVENTS.items() if node.events & bit),
        columns=tuple(strings(node.columns)),
        constraint=node.isconstraint,
        uses=_uses(machine, node, table, function),
        made=known.made if known else at,
        at=at,
        history=(*(known.history if known else ()), Step(at, "replaced" if known else "created")),
    )
    catalog.triggers.put(trigger)
    for child in _partitions(catalog, table) if node.row else ():
        clone(catalog, trigger, child)


def _check(table: Relation, node: Any) -> None:
    """The combinations that PostgreSQL refuses (CreateTriggerFiringOn)."""
    is_view = table.kind == "view"
    if table.kind not in {*TABLES, "view"}:
        raise Failure("42809", f'relation "{table.name}" cannot have triggers')
    if node.timing == INSTEAD and not is_view:
        raise Failure("42809", f'"{table.name}" is a table')
    if is_view and ((node.row and node.timing != INSTEAD) or node.events & 32 or node.isconstraint):
        raise Failure("42809", f'"{table.name}" is a view')
    if node.row and node.events & 32:
        raise Failure("0A000", "TRUNCATE FOR EACH ROW triggers are not supported")
    if node.timing == INSTEAD and (not node.row or node.columns or node.HasField("when_clause")):
        raise Failure("0A000", "INSTEAD OF triggers must be FOR EACH ROW, without columns or WHEN")
    if node.isconstraint and node.replace:
        raise Failure("0A000", "CREATE OR REPLACE CONSTRAINT TRIGGER is not supported")


def _timing(node: Any) -> Timing:
    return "before" if node.timing == BEFORE else "instead of" if node.timing == INSTEAD else "after"


def _function(machine: Machine, names: Iterable[Any], returns: str) -> int:
    """The function that a trigger calls; 0 for one that PostgreSQL or an extension brings."""
    function = without_arguments(machine, strings(names))
    if function is not None and function.returns != returns:
        raise Failure("42P17", f"function {function.name} must return type {returns}")
    return function.oid if function else 0


def _called(function: int) -> set[Use]:
    return {Use(function)} if function else set()


def _uses(machine: Machine, node: Any, table: Relation, function: int) -> frozenset[Use]:
    """A trigger goes with its table, and keeps its function and the columns it names."""
    uses = {Use(table.oid, 0, auto=True), *_called(function)}
    if node.HasField("constrrel"):
        uses.add(Use(find_relation(machine, node.constrrel).oid, 0, auto=True))
    for name in strings(node.columns):
        column = table.column(name)
        if column is None:
            raise Failure("42703", f'column "{name}" of relation "{table.name}" does not exist')
        uses.add(Use(table.oid, column.number))
    if node.HasField("when_clause"):
        uses |= expressions.trigger_uses(machine, node.when_clause, table)
    return frozenset(uses)


def _partitions(catalog: Catalog, table: Relation) -> list[Relation]:
    return [each for each in catalog.standing_on(catalog.relations, table.oid) if each.is_partition and table.oid in each.parents]


def clone(catalog: Catalog, trigger: Trigger, child: Relation) -> None:
    """Give a partition the row trigger of its parent, and its partitions after it."""
    known = catalog.triggers.named(child.oid, trigger.name)
    if known and known.parent != trigger.oid:
        raise Failure("42710", f'trigger "{trigger.name}" for relation "{child.name}" already exists')
    uses = frozenset({Use(child.oid, 0, auto=True), Use(trigger.oid, 0, auto=True), *_called(trigger.function)})
    oid = known.oid if known else catalog.oid()
    made = known.made if known else catalog.at
    copy = catalog.triggers.put(replace(trigger, oid=oid, table=child.oid, parent=trigger.oid, uses=uses, made=made))
    for each in _partitions(catalog, child):
        clone(catalog, copy, each)


def attach(catalog: Catalog, parent: Relation, child: Relation) -> None:
    """A table became a partition: it gets its parent's row triggers."""
    for trigger in catalog.standing_on(catalog.triggers, parent.oid):
        if trigger.table == parent.oid and trigger.level == "row":
            clone(catalog, trigger, child)


def detach(catalog: Catalog, child: Relation) -> None:
    """A table is no partition any more: what it got from its parent goes."""
    for trigger in catalog.standing_on(catalog.triggers, child.oid):
        if trigger.table == child.oid and trigger.parent:
            drop(catalog, trigger)


def drop(catalog: Catalog, trigger: Trigger) -> None:
    """Take a trigger away, and its clones."""
    for each in catalog.standing_on(catalog.triggers, trigger.oid):
        drop(catalog, each)
    catalog.triggers.drop(trigger.oid)


def rename(machine: Machine, node: Any) -> None:
    """ALTER TRIGGER ... RENAME TO; clones follow."""
    catalog = machine.catalog
    table = find_relation(machine, node.relation)
    trigger = catalog.triggers.named(table.oid, node.subname)
    if trigger is None:
        raise Failure("42704", f'trigger "{node.subname}" for table "{table.name}" does not exist')
    if trigger.parent:
        raise Failure("0A000", f'cannot rename trigger "{trigger.name}" on table "{table.name}"')
    _rename(catalog, trigger, node.newname)


def _rename(catalog: Catalog, trigger: Trigger, name: str) -> None:
    if catalog.triggers.named(trigger.table, name):
        raise Failure("42710", f'trigger "{name}" for relation "{catalog.relations[trigger.table].name}" already exists')
    step = Step(catalog.at, f"renamed from {trigger.name}")
    catalog.triggers.put(replace(trigger, name=name, at=catalog.at, history=(*trigger.history, step)))
    for each in catalog.standing_on(catalog.triggers, trigger.oid):
        _rename(catalog, each, name)


def _create_event(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    if node.eventname not in EVENT_NAMES:
        raise Failure("42601", f'unrecognized event name "{node.eventname}"')
    tags: set[str] = set()
    for each in node.whenclause:
        if each.def_elem.defname != "tag":
            raise Failure("42601", f'unrecognized filter variable "{each.def_elem.defname}"')
        tags |= {tag.upper() for tag in strings(each.def_elem.arg.list.items)}
    if catalog.event_triggers.named(node.trigname):
        raise Failure("42710", f'event trigger "{node.trigname}" already exists')
    function = _function(machine, node.funcname, "event_trigger")
    catalog.event_triggers.put(
        EventTrigger(
            oid=catalog.oid(),
            name=node.trigname,
            event=node.eventname,
            tags=frozenset(tags),
            function=function,
            owner=catalog.session.user,
            uses=frozenset(_called(function)),
            made=catalog.at,
            history=(Step(catalog.at, "created"),),
        )
    )


def _alter_event(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    trigger = object_named(catalog.event_triggers, "event trigger", node.trigname)
    enabled = node.tgenabled != "D"
    step = Step(catalog.at, "enabled" if enabled else "disabled")
    catalog.event_triggers.put(replace(trigger, enabled=enabled, history=(*trigger.history, step)))


def rename_event(machine: Machine, node: Any) -> None:
    """ALTER EVENT TRIGGER ... RENAME TO."""
    catalog = machine.catalog
    trigger = object_named(catalog.event_triggers, "event trigger", node.object.string.sval)
    if catalog.event_triggers.named(node.newname):
        raise Failure("42710", f'event trigger "{node.newname}" already exists')
    step = Step(catalog.at, f"renamed from {trigger.name}")
    catalog.event_triggers.put(replace(trigger, name=node.newname, history=(*trigger.history, step)))


HANDLERS: dict[str, Handler] = {
    "create_trig_stmt": _create,
    "create_event_trig_stmt": _create_event,
    "alter_event_trig_stmt": _alter_event,
}
