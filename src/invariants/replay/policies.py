"""Row security policies."""

from typing import Any, NamedTuple

from invariants.facts.place import Place
from invariants.postgres.tree import disjuncts
from invariants.replay import expressions
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import find_relation, role_oid
from invariants.replay.objects import PUBLIC, Policy, Relation, Step
from invariants.replay.records import replace
from invariants.replay.shelf import Use


class Side(NamedTuple):
    """One of a policy's expressions: its text, its place and what it stands on."""

    text: str | None
    at: Place
    uses: frozenset[Use]
    arms: tuple[Place, ...] = ()


def _table(machine: Machine, node: Any) -> Relation:
    table = find_relation(machine, node)
    if table.kind not in {"table", "partitioned"}:
        raise Failure("42809", f'"{table.name}" is not a table')
    return table


def _roles(machine: Machine, specs: Any) -> tuple[int, ...]:
    """The roles of a TO clause: beside PUBLIC, others are ignored."""
    roles = dict.fromkeys(role_oid(machine.catalog, each.role_spec) for each in specs)
    return (PUBLIC,) if PUBLIC in roles or not roles else tuple(roles)


def _check(command: str, *, using: bool, check: bool) -> None:
    if check and command in {"select", "delete"}:
        raise Failure("42601", "WITH CHECK cannot be applied to SELECT or DELETE")
    if using and command == "insert":
        raise Failure("42601", "only WITH CHECK expression allowed for INSERT")


def _uses(table: Relation, *sides: frozenset[Use]) -> frozenset[Use]:
    """A policy goes with its table, and keeps what its expressions name."""
    return frozenset({Use(table.oid, 0, auto=True)}).union(*sides)


def _create(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    _check(node.cmd_name, using=node.HasField("qual"), check=node.HasField("with_check"))
    table = _table(machine, node.table)
    roles = _roles(machine, node.roles)
    if catalog.policies.named(table.oid, node.policy_name):
        raise Failure("42710", f'policy "{node.policy_name}" for table "{table.name}" already exists')
    using, check = _side(machine, node, "qual", table), _side(machine, node, "with_check", table)
    catalog.policies.put(
        Policy(
            oid=catalog.oid(),
            name=node.policy_name,
            table=table.oid,
            command=node.cmd_name or "all",
            permissive=node.permissive,
            roles=roles,
            using=using.text,
            check=check.text,
            at=catalog.at,
            using_at=using.at,
            check_at=check.at,
            using_arms=using.arms,
            check_arms=check.arms,
            uses=_uses(table, using.uses, check.uses),
            made=catalog.at,
            history=(Step(catalog.at, "created"),),
        )
    )


def _side(machine: Machine, node: Any, field: str, table: Relation) -> Side:
    """A side that is not said stands where the policy does."""
    if not node.HasField(field):
        return Side(None, machine.catalog.at, frozenset())
    expression = getattr(node, field)
    arms = tuple(machine.place_of(each) for each in disjuncts(expression))
    text, uses = expressions.resolve(machine, expression, table)
    return Side(text, arms[0], uses, arms)


def _alter(machine: Machine, node: Any) -> None:
    """Each clause that is said replaces what was; the others stay."""
    catalog = machine.catalog
    table = _table(machine, node.table)
    policy = find(machine, table, node.policy_name)
    _check(policy.command, using=node.HasField("qual"), check=node.HasField("with_check"))
    changed: dict[str, Any] = {"roles": _roles(machine, node.roles)} if node.roles else {}
    uses = []
    for field, side in (("qual", "using"), ("with_check", "check")):
        new = _side(machine, node, field, table)
        if new.text is not None:
            changed |= {side: new.text, f"{side}_at": new.at, f"{side}_arms": new.arms}
        uses.append(_kept(machine, getattr(policy, side), table) if new.text is None else new.uses)
    words = [word for word in ("roles", "using", "check") if word in changed]
    step = Step(catalog.at, f"altered: {', '.join(words)}")
    changed |= {"uses": _uses(table, *uses), "at": catalog.at, "history": (*policy.history, step)}
    catalog.policies.put(replace(policy, **changed))


def _kept(machine: Machine, text: str | None, table: Relation) -> frozenset[Use]:
    """What an expression that stays stands on."""
    return frozenset() if text is None else expressions.kept_uses(machine, text, table)


def find(machine: Machine, table: Relation, name: str) -> Policy:
    """The policy of a name on a table."""
    policy = machine.catalog.policies.named(table.oid, name)
    if policy is None:
        raise Failure("42704", f'policy "{name}" for table "{table.name}" does not exist')
    return policy


def rename(machine: Machine, node: Any) -> None:
    """ALTER POLICY ... RENAME TO."""
    catalog = machine.catalog
    table = _table(machine, node.relation)
    if catalog.policies.named(table.oid, node.newname):
        raise Failure("42710", f'policy "{node.newname}" for table "{table.name}" already exists')
    policy = find(machine, table, node.subname)
    step = Step(catalog.at, f"renamed from {policy.name}")
    catalog.policies.put(replace(policy, name=node.newname, at=catalog.at, history=(*policy.history, step)))


HANDLERS: dict[str, Handler] = {"create_policy_stmt": _create, "alter_policy_stmt": _alter}
