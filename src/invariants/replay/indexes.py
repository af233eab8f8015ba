"""Indexes: CREATE INDEX, and those that serve constraints and partitions."""

from typing import Any, NamedTuple

from invariants.postgres.tree import strings
from invariants.replay import expressions, naming
from invariants.replay.catalog import Catalog
from invariants.replay.columns import children
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import find_collation, find_relation
from invariants.replay.objects import Constraint, Index, Relation, Step
from invariants.replay.outputs import column_name
from invariants.replay.records import replace
from invariants.replay.shelf import Use

INDEXED = {"table", "partitioned", "materialized"}


class Keys(NamedTuple):
    """What an index is on: attribute numbers (0 for an expression), expressions, what they stand on, and names for naming."""

    numbers: tuple[int, ...]
    expressions: tuple[str, ...]
    uses: frozenset[Use]
    names: list[str]


def keys(machine: Machine, table: Relation, elements: Any) -> Keys:
    """The keys that the IndexElem nodes of a statement mean."""
    numbers: list[int] = []
    texts: list[str] = []
    names: list[str] = []
    uses: set[Use] = set()
    for element in (each.index_elem for each in elements):
        named = find_collation(machine.catalog, strings(element.collation)) if element.collation else None
        uses |= set() if named is None else {Use(named.oid)}
        if element.name:
            number = column_number(table, element.name)
            numbers.append(number)
            uses.add(Use(table.oid, number, auto=True))
            names.append(element.name)
            continue
        expression = expressions.resolve(machine, element.expr, table)
        numbers.append(0)
        texts.append(expression.text)
        uses |= {each._replace(auto=each.oid == table.oid) for each in expression.uses}
        names.append(expression_name(element.expr))
    return Keys(tuple(numbers), tuple(texts), frozenset(uses), naming.distinct(names))


def expression_name(node: Any) -> str:
    """What the name of an index says of an expression in it."""
    suggested = column_name(node)
    return "expr" if suggested == "?column?" else suggested


def column_number(table: Relation, name: str, *, in_key: bool = False) -> int:
    """The attribute number of a column; 42703 where there is none."""
    column = table.column(name)
    if column is None:
        where = "named in key does not exist" if in_key else "does not exist"
        raise Failure("42703", f'column "{name}" {where}')
    return column.number


def create(machine: Machine, table: Relation, name: str, index: Index, uses: frozenset[Use]) -> Index:
    """Put an index and its relation."""
    catalog = machine.catalog
    if catalog.relations.named(table.schema, name) is not None:
        raise Failure("42P07", f'relation "{name}" already exists')
    catalog.relations.put(
        Relation(
            oid=index.oid,
            name=name,
            schema=table.schema,
            kind="index",
            owner=table.owner,
            persistence=table.persistence,
            uses=uses,
            made=catalog.at,
            owner_at=catalog.at,
            history=(Step(catalog.at, "created"),),
        )
    )
    return catalog.indexes.put(index)


def _create(machine: Machine, node: Any) -> None:
    table = find_relation(machine, node.relation)
    if table.kind not in INDEXED:
        raise Failure("42809", f'cannot create index on relation "{table.name}"')
    found = keys(machine, table, node.index_params)
    included = [column_number(table, each.index_elem.name) for each in node.index_including_params]
    catalog = machine.catalog
    if node.idxname and catalog.relations.named(table.schema, naming.truncated(node.idxname)) is not None:
        if node.if_not_exists:
            return
        raise Failure("42P07", f'relation "{node.idxname}" already exists')
    names = found.names + [each.index_elem.name for each in node.index_including_params]
    name = naming.truncated(node.idxname) or naming.relation_name(catalog, table.name, naming.addition(names), "idx", table.schema)
    predicate = expressions.resolve(machine, node.where_clause, table) if node.HasField("where_clause") else None
    if node.unique and table.kind == "partitioned":
        check_partition_key(table, found.numbers)
    index = Index(
        oid=catalog.oid(),
        table=table.oid,
        method=node.access_method or "btree",
        unique=node.unique,
        keys=found.numbers,
        expressions=found.expressions,
        predicate=predicate.text if predicate else None,
        include=tuple(included),
        made=catalog.at,
    )
    uses = found.uses | {Use(table.oid, number, auto=True) for number in included}
    if predicate:
        uses |= {each._replace(auto=each.oid == table.oid) for each in predicate.uses}
    create(machine, table, name, index, uses or frozenset({Use(table.oid, 0, auto=True)}))
    if table.kind == "partitioned" and node.relation.inh:
        for child in children(machine, table):
            copy_to_partition(machine, table, child, index, names)


def check_partition_key(table: Relation, numbers: tuple[int, ...]) -> None:
    """A unique index of a partitioned table has to include the columns that partition it."""
    for name in table.partition_key.split("\0"):
        column = table.column(name)
        if column is None or column.number not in numbers:
            raise Failure("0A000", "unique constraint on partitioned table must include all partitioning columns")


def copy_to_partition(machine: Machine, parent: Relation, child: Relation, index: Index, names: list[str]) -> None:
    """A partition's part of an index of its parent: an equal one that it has, or a new one."""
    catalog = machine.catalog
    mapped = tuple(_mapped(parent, child, number) for number in index.keys)
    parent_uses = Use(index.oid, 0, auto=True)
    for known in catalog.indexes:
        same = known.table == child.oid and known.keys == mapped and known.expressions == index.expressions
        if same and known.unique == index.unique and known.predicate == index.predicate and not _is_attached(catalog, known):
            if not known.constraint:
                _stand_on(catalog, known.oid, parent_uses)
            return
    name = naming.relation_name(catalog, child.name, naming.addition(names), "idx", child.schema)
    copy = replace(index, oid=catalog.oid(), table=child.oid, keys=mapped, include=(), constraint=0)
    columns = {Use(child.oid, number, auto=True) for number in mapped if number}
    create(machine, child, name, copy, frozenset(columns | {parent_uses}))
    if child.kind == "partitioned":
        for each in children(machine, child):
            copy_to_partition(machine, child, each, copy, names)


def _is_attached(catalog: Catalog, index: Index) -> bool:
    """Whether an index is a part of a partitioned one already."""
    constraint = catalog.constraints.get(index.constraint)
    inherited = constraint is not None and constraint.inherited > 0
    return inherited or any(use.oid in catalog.indexes for use in catalog.relations[index.oid].uses)


def _stand_on(catalog: Catalog, oid: int, use: Use) -> None:
    relation = catalog.relations[oid]
    catalog.relations.put(replace(relation, uses=relation.uses | {use}))


def attach(machine: Machine, parent: Relation, child: Relation) -> None:
    """ALTER INDEX ... ATTACH PARTITION: the index, or the constraint behind it, becomes a part of the parent's."""
    catalog = machine.catalog
    above, below = catalog.indexes.get(parent.oid), catalog.indexes.get(child.oid)
    if above is None or below is None:
        raise Failure("42809", f'"{child.name}" is not an index')
    if _is_attached(catalog, below):
        return
    constraint = catalog.constraints.get(below.constraint)
    if constraint is None:
        _stand_on(catalog, child.oid, Use(parent.oid, 0, auto=True))
    elif above.constraint:
        uses = constraint.uses | {Use(above.constraint, 0, auto=True)}
        catalog.constraints.put(replace(constraint, inherited=1, local=False, uses=uses))


def _mapped(parent: Relation, child: Relation, number: int) -> int:
    column = next((each for each in parent.columns if each.number == number), None)
    return column_number(child, column.name) if column else 0


def serve(machine: Machine, table: Relation, constraint: Constraint, name: str, method: str, found: Keys) -> Constraint:
    """Make the index of a primary key, unique or exclusion constraint."""
    catalog = machine.catalog
    index = Index(
        oid=catalog.oid(),
        table=table.oid,
        method=method,
        unique=constraint.kind in {"primary", "unique"},
        keys=found.numbers,
        expressions=found.expressions,
        constraint=constraint.oid,
        primary=constraint.kind == "primary",
        made=catalog.at,
    )
    create(machine, table, name, index, frozenset({Use(constraint.oid, 0, auto=True)}))
    return catalog.constraints.put(replace(constraint, index=index.oid))


HANDLERS: dict[str, Handler] = {"index_stmt": _create}
