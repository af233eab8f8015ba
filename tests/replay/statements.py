"""Running statements on a fresh machine, and looking at what they made."""

import pytest

from invariants.facts.place import Place
from invariants.replay import objects as o
from invariants.replay import privileges
from invariants.replay.catalog import Catalog
from invariants.replay.ddl import machine as new_machine
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine

Held = set[tuple[str, str, bool]]


def run(*texts: str) -> Machine:
    """A machine after these texts, each at a line of its own."""
    machine = new_machine()
    for line, text in enumerate(texts, 1):
        machine.run(text, Place("m.sql", line, 1, line, 1 + len(text)))
    return machine


def refused(machine: Machine, text: str) -> str:
    """The SQLSTATE with which a statement is refused."""
    with pytest.raises(Failure) as caught:
        machine.run(text, Place("m.sql", 99, 1, 99, 2))
    return caught.value.sqlstate


def relation(machine: Machine, name: str, schema: str = "public") -> o.Relation:
    """A relation by name."""
    catalog = machine.catalog
    found = catalog.relations.named(_schema(catalog, schema).oid, name)
    assert found is not None, f"{schema}.{name} is not there"
    return found


def function(machine: Machine, name: str, *types: str, schema: str = "public") -> o.Function:
    """A function by name and input types."""
    catalog = machine.catalog
    found = catalog.functions.named(_schema(catalog, schema).oid, name, types)
    assert found is not None, f"{schema}.{name}{types} is not there"
    return found


def role(machine: Machine, name: str) -> o.Role:
    """A role by name."""
    found = machine.catalog.roles.named(name)
    assert found is not None, f"role {name} is not there"
    return found


def _schema(catalog: Catalog, name: str) -> o.Schema:
    found = catalog.schemas.named(name)
    assert found is not None, f"schema {name} is not there"
    return found


def held(machine: Machine, thing: o.Relation | o.Function | o.Schema | o.Type, kind: str = "table") -> Held:
    """Who holds what on an object, and may grant it on."""
    return named(machine, privileges.effective(machine.catalog, kind, thing))


def named(machine: Machine, acl: o.Acl) -> Held:
    """A list with names for oids."""
    roles = machine.catalog.roles
    return {("public" if each.grantee == o.PUBLIC else roles[each.grantee].name, each.privilege, each.grantable) for each in acl or ()}


def by(machine: Machine, grantee: str, on: str) -> set[str]:
    """The privileges of one role on a table."""
    return {privilege for holder, privilege, _ in held(machine, relation(machine, on)) if holder == grantee}
