"""Names in expressions and queries, resolved against the catalog with SQL's own scoping.

A name without a qualifier binds to the innermost FROM that has such a column: ``EXISTS (SELECT 1 FROM m WHERE m.tenant_id = tenant_id)``
compares ``m`` with itself.
"""

from collections.abc import Iterable
from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import members, strings
from invariants.replay import comparable, stars, typenames
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.names import find_collation, find_type_name, lookup, type_name
from invariants.replay.outputs import column_name
from invariants.replay.references import Reference
from invariants.replay.scopes import Item, Output, Scope, aliased, column_output, column_type, function_item, relation_outputs
from invariants.replay.signatures import called, is_field

NAMELESS = {"", "string", "a_const", "integer", "float", "boolean"}


class Resolver:
    """One walk over one tree; ``references`` is what it found.

    ``strict`` refuses columns that do not exist (42703); ``is_kept`` writes the stars of queries out.
    """

    def __init__(self, machine: Machine, *, strict: bool = True, is_kept: bool = False) -> None:
        self.machine = machine
        self.catalog = machine.catalog
        self.strict = strict
        self.is_kept = is_kept
        self.references: list[Reference] = []

    def visit(self, message: Any, scope: Scope) -> None:
        """Resolve everything below a message."""
        method = getattr(self, f"_{type(message).__name__.lower()}", None)
        if method is not None:
            method(message, scope)
        else:
            self.children(message, scope)

    def children(self, message: Any, scope: Scope, but: Iterable[str] = ()) -> None:
        """Resolve the fields of a message, but for some."""
        for name, each in members(message):
            if name not in but:
                self.visit(each, scope)

    def _node(self, node: Any, scope: Scope) -> None:
        kind, value = unwrap(node)
        if kind not in NAMELESS:
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
            others = self.select(select.rarg, scope.below())
            if self.strict:
                comparable.check_union(self.catalog, outputs, others)
            sorting = scope.below()
            sorting.items.append(Item("", outputs, is_open=True))
            self.children(select, sorting, but=("larg", "rarg", "with_clause"))
            return outputs
        for each in select.from_clause:
            self._from(each, scope)
        if self.is_kept:
            stars.write_out(select, scope)
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
            scope.tables[cte.ctename] = aliased(self.query(cte.ctequery, scope), aliases)

    def _first_arm(self, query: Any, scope: Scope, aliases: list[str]) -> list[Output]:
        """What a recursive query returns, told by the arm that does not refer to itself."""
        _, select = unwrap(query)
        while isinstance(select, pb.SelectStmt) and select.op != pb.SETOP_NONE:
            select = select.larg
        known = Resolver(self.machine, strict=False)
        return aliased(known.select(select, scope.below()), aliases) if isinstance(select, pb.SelectStmt) else []

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
        kind, value = unwrap(node.range_table_sample.relation if node.HasField("range_table_sample") else node)
        if kind == "range_var":
            self._range_var(value, scope)
        elif kind == "join_expr":
            self._join(value, scope)
        elif kind == "range_subselect":
            around = scope if value.lateral else (scope.parent or Scope())
            holder = Scope([], around, scope.tables)
            outputs = self.query(value.subquery, holder)
            scope.items.append(Item(value.alias.aliasname, aliased(outputs, strings(value.alias.colnames)), is_alias=True))
        elif value is not None:
            self.children(value, scope, but=("alias", "coldeflist"))
            scope.items.append(function_item(value))

    def _join(self, join: Any, scope: Scope) -> None:
        first = len(scope.items)
        self._from(join.larg, scope)
        second = len(scope.items)
        self._from(join.rarg, scope)
        self._merge(join, scope, first, second)
        if join.HasField("quals"):
            self.visit(join.quals, scope)
        if join.HasField("alias"):
            outputs = [output for item in scope.items[first:] for output in item.shown()]
            scope.items[first:] = [Item(join.alias.aliasname, aliased(outputs, strings(join.alias.colnames)), is_alias=True)]

    def _merge(self, join: Any, scope: Scope, first: int, second: int) -> None:
        """The columns that USING and NATURAL make one stand before all others, and go by no table's name."""
        left = [output for item in scope.items[first:second] for output in item.shown()]
        right = {output.name for item in scope.items[second:] for output in item.shown()}
        names = strings(join.using_clause) or [each.name for each in left if join.is_natural and each.name in right]
        if names and self.is_kept and join.is_natural:
            join.is_natural = False
            join.using_clause.extend(pb.Node(string=pb.String(sval=name)) for name in names)
        if names:
            for item in scope.items[first:]:
                item.merged.update(names)
            found = {each.name: each for each in reversed(left)}
            scope.items.insert(first, Item("", [found.get(name, Output(name)) for name in names], is_alias=True))

    def _range_var(self, node: Any, scope: Scope) -> None:
        alias = node.alias.aliasname if node.HasField("alias") else ""
        shared = None if node.schemaname else scope.cte(node.relname)
        if shared is not None:
            scope.items.append(Item(alias or node.relname, aliased(shared, strings(node.alias.colnames)), is_alias=True))
            return
        relation = lookup(self.catalog, node.schemaname, node.relname)
        if relation is None:
            self._missing(node)
            scope.items.append(Item(alias or node.relname, [], is_open=True, is_alias=bool(alias)))
            return
        self.references.append(Reference("relation", node, relation.oid))
        outputs = aliased(relation_outputs(relation), strings(node.alias.colnames))
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
            found = scope.column(parts[0]) or self._row(scope.item(parts[0]))
            if self.strict and not (found or scope.item(parts[0]) or scope.is_open() or is_field(self.catalog, parts[0])):
                raise Failure("42703", f'column "{parts[0]}" does not exist')
        else:
            item = scope.item(parts[-2], parts[-3] if len(parts) > 2 else "")
            found = self._qualified(item, parts, scope)
        if found is not None and found[1].relation:
            item, output = found
            self.references.append(Reference("column", node, output.relation, output.number, item, output.is_alias))

    def _a_expr(self, node: Any, scope: Scope) -> None:
        self.children(node, scope)
        if node.kind == pb.AEXPR_OP:
            self._compared(strings(node.name)[-1], node.lexpr, column_type(node.rexpr, scope), scope)

    def _sublink(self, node: Any, scope: Scope) -> None:
        outputs = self.query(node.subselect, scope)
        if node.HasField("testexpr"):
            self.visit(node.testexpr, scope)
            self._compared((strings(node.oper_name) or ["="])[-1], node.testexpr, outputs[0].type_name if outputs else "", scope)

    def _compared(self, operator: str, node: Any, other: str, scope: Scope) -> None:
        if self.strict:
            comparable.check_operator(self.catalog, operator, column_type(node, scope), other)

    def _row(self, item: Item | None) -> tuple[Item, Output] | None:
        """A whole row, which goes by the name of its FROM item."""
        return (item, Output(item.name, "", item.relation)) if item is not None and item.relation else None

    def _qualified(self, item: Item | None, parts: list[str], scope: Scope) -> tuple[Item, Output] | None:
        if item is None:
            if self.strict and not scope.is_open() and scope.column(parts[0]) is None:
                raise Failure("42P01", f'missing FROM-clause entry for table "{parts[-2]}"')
            return scope.column(parts[0])
        output = item.find(parts[-1])
        if output is None and self.strict and not item.is_open and item.outputs and not is_field(self.catalog, parts[-1]):
            raise Failure("42703", f"column {parts[-2]}.{parts[-1]} does not exist")
        return None if output is None else (item, output)

    def _funccall(self, node: Any, scope: Scope) -> None:
        if strings(node.funcname)[-1] in typenames.SEQUENCES and node.args and unwrap(node.args[0])[0] == "a_const":
            self._regclass(node.args[0].a_const, node.args[0].a_const)
        function = called(self.catalog, strings(node.funcname), len(node.args))
        if function is not None:
            self.references.append(Reference("function", node, function.oid))
        self.children(node, scope)

    def _typename(self, node: Any, _: Scope) -> None:
        oid = find_type_name(self.machine, node).oid
        if oid:
            self.references.append(Reference("type", node, oid))

    def _collateclause(self, node: Any, scope: Scope) -> None:
        found = find_collation(self.catalog, strings(node.collname))
        self.references += [] if found is None else [Reference("collation", node, found.oid)]
        self.children(node, scope)

    def _typecast(self, node: Any, scope: Scope) -> None:
        """``'name'::regclass`` stands for the relation."""
        kind, value = unwrap(node.arg)
        if strings(node.type_name.names)[-1:] == ["regclass"] and kind == "a_const":
            self._regclass(node, value)
        self.children(node, scope)

    def _regclass(self, node: Any, constant: Any) -> None:
        parts = [part.strip('"') for part in constant.sval.sval.split(".")]
        relation = lookup(self.catalog, parts[-2] if len(parts) > 1 else "", parts[-1])
        if relation is not None:
            self.references.append(Reference("relation", node, relation.oid))

    def _outputs(self, select: Any, scope: Scope) -> list[Output]:
        found: list[Output] = []
        for each in select.target_list:
            found += self._starred(each.res_target, scope) or [self._target(each.res_target, scope)]
        if select.values_lists:
            found = [Output(f"column{number}") for number, _ in enumerate(select.values_lists[0].list.items, 1)]
        return found

    def _starred(self, target: Any, scope: Scope) -> list[Output]:
        """The columns that ``*`` or ``t.*`` stands for."""
        found = stars.columns(target, scope)
        node = target.val.column_ref
        self.references += [Reference("column", node, output.relation, output.number, item) for item, output in found if output.relation]
        return [output for _, output in found]

    def _target(self, target: Any, scope: Scope | None = None) -> Output:
        kind, value = unwrap(target.val)
        name = target.name or column_name(target.val)
        if kind == "type_cast":
            return Output(name, type_name(self.machine, value.type_name))
        if kind == "column_ref" and scope is not None:
            found = column_output(target.val, scope) or Output(name)
            return Output(name, found.type_name, collation=found.collation)
        if kind == "func_call":
            function = called(self.catalog, strings(value.funcname), len(value.args))
            return Output(name, function.returns if function else typenames.RETURNED.get(strings(value.funcname)[-1], ""))
        literal = typenames.CONSTANTS.get(value.WhichOneof("val"), "") if kind == "a_const" else ""
        return Output(name, literal, is_literal=kind == "a_const")
