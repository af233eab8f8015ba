"""Aggregates: functions that CREATE AGGREGATE puts together from others."""

from collections.abc import Mapping
from typing import Any

from invariants.postgres.tree import strings
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.objects import Argument, Function, Step
from invariants.replay.privileges import initial_acl
from invariants.replay.records import replace
from invariants.replay.routines import arguments_of, key, use
from invariants.replay.shelf import Use
from invariants.replay.signatures import creation, named, type_of


def create(machine: Machine, node: Any) -> None:
    """CREATE [OR REPLACE] AGGREGATE, in its old style too, where the argument is the parameter BASETYPE."""
    catalog = machine.catalog
    schema, name = creation(machine.catalog, strings(node.defnames))
    definition = {each.def_elem.defname: each.def_elem.arg for each in node.definition}
    state = definition.get("stype") or definition.get("stype1")
    if state is None or not definition.keys() & {"sfunc", "sfunc1"}:
        raise Failure("42P13", "aggregate stype and sfunc must be specified")
    arguments, uses = _base_type(machine, definition) if node.oldstyle else arguments_of(machine, node.args[0].list.items)
    function = Function(
        oid=catalog.oid(),
        name=name,
        schema=schema,
        owner=catalog.session.user,
        arguments=arguments,
        kind="aggregate",
        language="internal",
        volatility="immutable",
        returns=_final_type(machine, definition) or type_of(machine, state.type_name).name,
        at=catalog.at,
        made=catalog.at,
        history=(Step(catalog.at, "created"),),
        uses=uses | _parts_uses(machine, definition) | {Use(schema)},
    )
    known = catalog.functions.named(*key(function))
    if known is None:
        catalog.functions.put(replace(function, acl=initial_acl(machine, "function", schema, function.owner)))
    elif not node.replace or known.kind != "aggregate":
        raise Failure("42723" if not node.replace else "42809", f'function "{name}" already exists with same argument types')
    else:
        history = (*known.history, Step(catalog.at, "replaced"))
        catalog.functions.put(replace(function, oid=known.oid, owner=known.owner, acl=known.acl, made=known.made, history=history))


def _base_type(machine: Machine, definition: Mapping[str, Any]) -> tuple[tuple[Argument, ...], frozenset[Use]]:
    """The one argument of an old-style aggregate; ANY is none."""
    node = definition["basetype"].type_name if "basetype" in definition else None
    if node is None or strings(node.names)[-1].lower() == "any":
        return (), frozenset()
    kind = type_of(machine, node)
    return (Argument(name="", type_name=kind.name),), frozenset(use(kind))


def _final_type(machine: Machine, definition: Mapping[str, Any]) -> str:
    """What the final function returns, where it is a function that is kept."""
    if "finalfunc" not in definition:
        return ""
    called = strings(definition["finalfunc"].type_name.names)
    return next((each.returns for each in named(machine.catalog, called)), "")


def _parts_uses(machine: Machine, definition: Mapping[str, Any]) -> frozenset[Use]:
    """The support functions that an aggregate stands on, by name alone where that is no doubt."""
    uses: set[Use] = set()
    for each in ("sfunc", "finalfunc", "combinefunc"):
        if each in definition:
            candidates = list(named(machine.catalog, strings(definition[each].type_name.names)))
            uses |= {Use(candidates[0].oid)} if len(candidates) == 1 else set()
    return frozenset(uses)
