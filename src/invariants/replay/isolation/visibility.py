"""Which rows of other tables an expression sees: their own policies apply, unless the executor stands above them."""

from collections.abc import Iterable, Iterator

from invariants.replay import objects as o
from invariants.replay.isolation import rows, truth
from invariants.replay.isolation.compiling import condition
from invariants.replay.isolation.context import Context, is_bound
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.tenancy import Tenancy
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.values import MINE, Row
from invariants.replay.isolation.world import RIGHTS


def applying(policies: Iterable[o.Policy], command: str, held: frozenset[int]) -> Iterator[o.Policy]:
    """The policies for a command and a role, given the roles it has the rights of."""
    for policy in policies:
        if policy.command in {"all", command} and (o.PUBLIC in policy.roles or held & set(policy.roles)):
            yield policy


def binding(policies: Iterable[o.Policy], inherited: frozenset[int]) -> Iterator[o.Policy]:
    """Those of the policies that are restrictive and bind a role, given the roles it has the rights of without SET ROLE."""
    for policy in policies:
        if not policy.permissive and (o.PUBLIC in policy.roles or inherited & set(policy.roles)):
            yield policy


def standing(tenancy: Tenancy, role: int, tables: Iterable[o.Relation]) -> tuple[object, ...]:
    """What a role sees of tables: two of which that is the same are told the same by whoever does not ask which of them it is."""
    held, inherited = tenancy.held(role), tenancy.inherits(role)
    bound = [each.oid for each in tables if is_bound(tenancy, each, role)]
    applied = {each: list(applying(tenancy.policies(each), "select", held)) for each in bound}
    return tuple((table, tuple(found), tuple(binding(found, inherited))) for table, found in applied.items())


def visible(context: Context, row: Row) -> Truth:
    """Whether the executor sees a row of a table under row security: as far as that table's own policies keep tenants apart."""
    verdict, asks_role = context.tenancy.reading(row.table, context.role, context.executor)
    context.world.asks_role |= RIGHTS | asks_role
    context.world.steps[f"of {context.tenancy.name(row.table)} it sees what that table's own policies let pass: {verdict.word}"] = None
    if verdict.word == "open":
        context.world.kept["through", row.table.name] = True
    if verdict.word in {"open", "denies"}:
        return truth.of(verdict.word == "open")
    if verdict.word == "isolates":
        return _its_own(context, row) if row.side == MINE else truth.FALSE
    context.world.doubt(f"it sees what it may of {row.table.name}, and of that {verdict.reason}")
    return truth.TRUE | truth.FALSE


def _its_own(context: Context, row: Row) -> Truth:
    """Whether a session sees a row of its own: what policies that ask no other rows say of it; else it is taken to."""
    held = context.tenancy.held(context.executor) if context.executor is not None else frozenset()
    inherited = context.tenancy.inherits(context.executor) if context.executor is not None else frozenset()
    applied = list(applying(context.tenancy.policies(row.table.oid), "select", held))
    policies = [*(each for each in applied if each.permissive), *binding(applied, inherited)]
    texts = [each.using or "false" for each in policies]
    if any("select" in text.lower() for text in texts):
        return truth.TRUE
    frame = Frame(items=[rows.item(context, row, row.table.name)])
    opened, closed = truth.FALSE, truth.TRUE
    for policy, text in zip(policies, texts, strict=True):
        said = condition(text)(context, frame)
        opened, closed = (truth.either(opened, said), closed) if policy.permissive else (opened, truth.both(closed, said))
    return truth.both(opened, closed)
