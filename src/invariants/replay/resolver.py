"""Names in expressions and queries, resolved against the catalog with SQL's own scoping.

A name without a qualifier binds to the innermost FROM that has such a column: ``EXISTS (SELECT 1 FROM m WHERE m.tenant_id = tenant_id)``
compares ``m`` with itself.
"""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.names import find_type_name, lookup, schemas, type_name
from invariants.replay.objects import Function, Relation
from invariants.replay.outputs import column_name
from invariants.replay.scopes import Item, Output, Scope

Kind = Literal["column", "relation", "function", "type"]


class Reference(NamedTuple):
    """A name in a tree and what it means. ``item`` is the FROM entry that a column was found in."""

    kind: Kind
    node: Any
    oid: int
    number: int = 0
    item: Item | None = None


class Resolver:
    """One walk over one tree; ``references`` is what it found. ``strict`` refuses columns that do not exist (42703)."""

    def __init__(self, machine: Machine, *, strict: bool = True) -> None:
        self.machine = machine
        self.catalog = machine.catalog
        self.strict = strict
        self.references: list[Reference] = []

    def visit(self, message: Any, scope: Scope) -> None:
        """Resolve everything below a message."""
        method = getattr(self, "_" + type(message).__name__.lower(), None)
        if method is not None:
            method(message, scope)
        else:
            self.children(message, scope)

    def children(self, message: Any, scope: Scope, but: Iterable[str] = ()) -> None:
        """Resolve the fields of a message, but for some."""
        for descriptor, value in message.ListFields():
            if descriptor.message_type is None or descriptor.name in but:
                continue
            for each in value if hasattr(value, "append") or hasattr(value, "add") else (value,):
                self.visit(each, scope)

    def _node(self, node: Any, scope: Scope) -> None:
        _, value = unwrap(node)
        if value is not None:
            self.visit(value, scope)

    def query(self, node: Any, scope: Scope) -> list[Output]:
        """Resolve a query below a scope; the columns it returns."""
        kind, value = unwrap(node) if isinstance(node, pb.Node) else ("", node)
        if isinstance(value, pb.SelectStmt):
            return self.select(value, scope.below())
        self._modification(value, scope.below())
        return [self._target(each.res_target) for each in getattr(value, "returning_list", ())] if kind else []

    def select(self, select: Any, scope: Scope) -> list[Output]:
        """Resolve a SELECT in a scope of its own; the columns it returns."""
        self._with(select, scope)
        if select.op != pb.SETOP_NONE:
            outputs = self.select(select.larg, scope.below())
            self.select(select.rarg, scope.below())
            sorting = scope.below()
            sorting.items.append(Item("", outputs, is_open=True))
            self.children(select, sorting, but=("larg", "rarg", "with_clause"))
            return outputs
        for each in select.from_clause:
            self._from(each, scope)
        outputs = self._outputs(select, scope)
        self.children(select, scope, but=("from_clause", "with_clause", "sort_clause", "group_clause", "into_clause"))
        named = Scope([Item("", [Output(each.name, each.type_name) for each in outputs])], scope)
        for each in (*select.sort_clause, *select.group_clause):
            self.visit(each, named)
        return outputs

    def _selectstmt(self, select: Any, scope: Scope) -> None:
        self.select(select, scope.below())

    def _with(self, statement: Any, scope: Scope) -> None:
        for each in statement.with_clause.ctes if statement.HasField("with_clause") else ():
            cte = each.common_table_expr
            aliases = strings(cte.aliascolnames)
            if statement.with_clause.recursive:
                scope.tables[cte.ctename] = self._first_arm(cte.ctequery, scope, aliases)
            scope.tables[cte.ctename] = _aliased(self.query(cte.ctequery, scope), aliases)

    def _first_arm(self, query: Any, scope: Scope, aliases: list[str]) -> list[Output]:
        """What a recursive query returns, told by the arm that does not refer to itself."""
        _, select = unwrap(query)
        while isinstance(select, pb.SelectStmt) and select.op != pb.SETOP_NONE:
            select = select.larg
        known = Resolver(self.machine, strict=False)
        return _aliased(known.select(select, scope.below()), aliases) if isinstance(select, pb.SelectStmt) else []

    def _insertstmt(self, statement: Any, scope: Scope) -> None:
        self._modification(statement, scope.below())

    _updatestmt = _deletestmt = _mergestmt = _insertstmt

    def _modification(self, statement: Any, scope: Scope) -> None:
        """INSERT, UPDATE, DELETE and MERGE: the target is in scope."""
        self._with(statement, scope)
        self._range_var(statement.relation, scope)
        for name in ("from_clause", "using_clause"):
            for each in getattr(statement, name, ()):
                self._from(each, scope)
        source = getattr(statement, "source_relation", None)
        if source is not None:
            self._from(source, scope)
        scope.items.append(Item("excluded", scope.items[0].outputs, scope.items[0].relation, is_alias=True, is_open=True))
        self.children(statement, scope, but=("relation", "from_clause", "using_clause", "source_relation", "with_clause", "cols"))

    def _from(self, node: Any, scope: Scope) -> None:
        kind, value = unwrap(node)
        if kind == "range_var":
            self._range_var(value, scope)
        elif kind == "join_expr":
            self._join(value, scope)
        elif kind == "range_subselect":
            around = scope if value.lateral else (scope.parent or Scope())
            holder = Scope([], around, scope.tables)
            outputs = self.query(value.subquery, holder)
            scope.items.append(Item(value.alias.aliasname, _aliased(outputs, strings(value.alias.colnames)), is_alias=True))
        elif value is not None:
            self.children(value, scope, but=("alias", "coldeflist"))
            scope.items.append(_function_item(value))

    def _join(self, join: Any, scope: Scope) -> None:
        first = len(scope.items)
        self._from(join.larg, scope)
        self._from(join.rarg, scope)
        if join.HasField("quals"):
            self.visit(join.quals, scope)
        if join.HasField("alias"):
            outputs = [output for item in scope.items[first:] for output in item.outputs]
            scope.items[first:] = [Item(join.alias.aliasname, _aliased(outputs, strings(join.alias.colnames)), is_alias=True)]

    def _range_var(self, node: Any, scope: Scope) -> None:
        alias = node.alias.aliasname if node.HasField("alias") else ""
        shared = None if node.schemaname else scope.cte(node.relname)
        if shared is not None:
            scope.items.append(Item(alias or node.relname, _aliased(shared, strings(node.alias.colnames)), is_alias=True))
            return
        relation = lookup(self.catalog, node.schemaname, node.relname)
        if relation is None:
            self._missing(node)
            scope.items.append(Item(alias or node.relname, [], is_open=True, is_alias=bool(alias)))
            return
        self.references.append(Reference("relation", node, relation.oid))
        outputs = _aliased(relation_outputs(relation), strings(node.alias.colnames))
        schema = self.catalog.schemas[relation.schema].name
        scope.items.append(Item(alias or node.relname, outputs, relation.oid, schema, bool(alias)))

    def _rangevar(self, node: Any, _: Scope) -> None:
        relation = lookup(self.catalog, node.schemaname, node.relname)
        if relation is not None:
            self.references.append(Reference("relation", node, relation.oid))

    def _missing(self, node: Any) -> None:
        system = node.schemaname in {"pg_catalog", "information_schema"} or node.relname.startswith("pg_")
        if self.strict and not system:
            raise Failure("42P01", f'relation "{node.schemaname + "." if node.schemaname else ""}{node.relname}" does not exist')

    def _columnref(self, node: Any, scope: Scope) -> None:
        if unwrap(node.fields[-1])[0] != "string":
            return
        parts = strings(node.fields)
        if len(parts) == 1:
            found = scope.column(parts[0])
            if found is None and scope.item(parts[0]) is None and self.strict and not scope.is_open():
                raise Failure("42703", f'column "{parts[0]}" does not exist')
        else:
            item = scope.item(parts[-2], parts[-3] if len(parts) > 2 else "")
            found = self._qualified(item, parts, scope)
        if found is not None and found[1].relation:
            self.references.append(Reference("column", node, found[1].relation, found[1].number, found[0]))

    def _qualified(self, item: Item | None, parts: list[str], scope: Scope) -> tuple[Item, Output] | None:
        if item is None:
            if self.strict and not scope.is_open() and scope.column(parts[0]) is None:
                raise Failure("42P01", f'missing FROM-clause entry for table "{parts[-2]}"')
            return scope.column(parts[0])
        output = item.find(parts[-1])
        if output is None and self.strict and not item.is_open and item.outputs:
            raise Failure("42703", f"column {parts[-2]}.{parts[-1]} does not exist")
        return None if output is None else (item, output)

    def _funccall(self, node: Any, scope: Scope) -> None:
        function = self.function(strings(node.funcname), len(node.args))
        if function is not None:
            self.references.append(Reference("function", node, function.oid))
        self.children(node, scope)

    def function(self, parts: list[str], count: int) -> Function | None:
        """The function that a call most likely means: by name and number of arguments."""
        for schema in schemas(self.catalog, parts):
            for each in self.catalog.functions.grouped(schema, parts[-1]):
                least = sum(argument.default is None and argument.mode in {"in", "inout"} for argument in each.arguments)
                if least <= count <= len(each.inputs) or any(argument.mode == "variadic" for argument in each.arguments):
                    return each
        return None

    def _typename(self, node: Any, _: Scope) -> None:
        oid = find_type_name(self.machine, node).oid
        if oid:
            self.references.append(Reference("type", node, oid))

    def _typecast(self, node: Any, scope: Scope) -> None:
        """``'name'::regclass`` stands for the relation."""
        kind, value = unwrap(node.arg)
        if strings(node.type_name.names)[-1:] == ["regclass"] and kind == "a_const" and value.WhichOneof("val") == "sval":
            parts = [part.strip('"') for part in value.sval.sval.split(".")]
            relation = lookup(self.catalog, parts[-2] if len(parts) > 1 else "", parts[-1])
            if relation is not None:
                self.references.append(Reference("relation", node, relation.oid))
        self.children(node, scope)

    def _outputs(self, select: Any, scope: Scope) -> list[Output]:
        found: list[Output] = []
        for each in select.target_list:
            found += self._starred(each.res_target, scope) or [self._target(each.res_target, scope)]
        if select.values_lists:
            width = len(select.values_lists[0].list.items)
            found = [Output(f"column{number}") for number in range(1, width + 1)]
        return found

    def _starred(self, target: Any, scope: Scope) -> list[Output]:
        """The columns that ``*`` or ``t.*`` stands for."""
        kind, value = unwrap(target.val)
        if kind != "column_ref" or unwrap(value.fields[-1])[0] != "a_star":
            return []
        parts = strings(list(value.fields)[:-1])
        items = [scope.item(parts[-1])] if parts else scope.items
        outputs = [(item, output) for item in items if item for output in item.outputs]
        self.references += [Reference("column", value, output.relation, output.number, item) for item, output in outputs if output.relation]
        return [output for _, output in outputs]

    def _target(self, target: Any, scope: Scope | None = None) -> Output:
        kind, value = unwrap(target.val)
        name = target.name or column_name(target.val)
        if kind == "type_cast":
            return Output(name, type_name(self.machine, value.type_name))
        if kind == "column_ref" and scope is not None and unwrap(value.fields[-1])[0] == "string":
            parts = strings(value.fields)
            item = scope.item(parts[-2]) if len(parts) > 1 else None
            found = (item.find(parts[-1]) if item else None) if len(parts) > 1 else (scope.column(parts[0]) or (None, None))[1]
            return Output(name, found.type_name if found else "")
        if kind == "func_call":
            function = self.function(strings(value.funcname), len(value.args))
            return Output(name, function.returns if function else "")
        return Output(name)


def relation_outputs(relation: Relation) -> list[Output]:
    """What a relation offers in FROM, its system columns aside."""
    return [Output(column.name, column.type_name, relation.oid, column.number) for column in relation.columns]


def _aliased(outputs: list[Output], names: list[str]) -> list[Output]:
    renamed = [output._replace(name=name) for output, name in zip(outputs, names, strict=False)]
    return renamed + outputs[len(renamed) :]


def _function_item(value: Any) -> Item:
    """A function in FROM: its alias names it, and its only column where it returns a scalar."""
    alias = value.alias.aliasname if value.HasField("alias") else ""
    columns = strings(value.alias.colnames) if value.HasField("alias") else []
    declared = [each.column_def.colname for each in getattr(value, "coldeflist", ())]
    return Item(alias, [Output(name) for name in columns or declared or ([alias] if alias else [])], is_alias=True, is_open=True)
