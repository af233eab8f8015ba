"""Joining the items of FROM, the most selective first, each condition asked as soon as what it names is at hand."""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings, walk
from invariants.replay.plpgsql.evaluate import Expression, compiled
from invariants.replay.plpgsql.fromitems import Item, Opener, Vague, framed, opener
from invariants.replay.plpgsql.operators import equal
from invariants.replay.plpgsql.scope import Frame, Scope, here_of
from invariants.replay.plpgsql.values import MISSING, Unsure, Value

Binding: TypeAlias = tuple[Scope, Value]


class Equality(NamedTuple):
    """column = value: the column, the list of values it may have, and the columns that these name."""

    column: tuple[str, ...]
    values: Expression
    references: tuple[tuple[str, ...], ...]


class Condition(NamedTuple):
    """A conjunct of WHERE or ON: its value, the columns it names, and what it says of single columns."""

    value: Expression
    references: tuple[tuple[str, ...], ...]
    equals: tuple[Equality, ...]


def conjuncts(node: Any) -> Iterator[Any]:
    """What a condition ANDs."""
    kind, value = unwrap(node)
    if kind == "bool_expr" and value.boolop == pb.AND_EXPR:
        for each in value.args:
            yield from conjuncts(each)
    else:
        yield node


def condition(node: Any) -> Condition:
    """A conjunct, compiled."""
    return Condition(compiled(node), _references(node), tuple(_equalities(node)))


def _references(node: Any) -> tuple[tuple[str, ...], ...]:
    found = (each for each in walk(node) if isinstance(each, pb.ColumnRef))
    return tuple(tuple(strings(each.fields)) for each in found if each.fields[-1].WhichOneof("node") == "string")


def _equalities(node: Any) -> Iterator[Equality]:
    """column = value, column IN (values), column = ANY (array)."""
    kind, value = unwrap(node)
    if kind != "a_expr" or strings(value.name)[-1] != "=" or not value.HasField("lexpr"):
        return
    if value.kind == pb.AEXPR_OP:
        sides = (value.lexpr, value.rexpr)
        for one, other in (sides, sides[::-1]):
            if column := _column(one):
                yield Equality(column, _listed(compiled(other)), _references(other))
    elif value.kind == pb.AEXPR_OP_ANY and (column := _column(value.lexpr)):
        yield Equality(column, compiled(value.rexpr), _references(value.rexpr))
    elif value.kind == pb.AEXPR_IN and (column := _column(value.lexpr)):
        items = [compiled(each) for each in value.rexpr.list.items]
        yield Equality(column, lambda scope: [item(scope) for item in items], _references(value.rexpr))


def _listed(expression: Expression) -> Expression:
    return lambda scope: [expression(scope)]


def _column(node: Any) -> tuple[str, ...]:
    """The column that a node is, casts to text left out."""
    kind, value = unwrap(node)
    if kind == "type_cast" and strings(value.type_name.names)[-1] in {"text", "name"}:
        return _column(value.arg)
    if kind == "column_ref" and value.fields[-1].WhichOneof("node") == "string":
        return tuple(strings(value.fields))
    return ()


def tables(items: list[Any], where: Any) -> "Tables":
    """FROM and WHERE."""
    found = Tables([], [], [])
    for item in items:
        _add(found, item)
    if where is not None:
        found.conditions.extend(condition(each) for each in conjuncts(where))
    return found


def _add(found: "Tables", node: Any) -> None:
    kind, value = unwrap(node)
    if kind != "join_expr":
        found.openers.append(opener(node))
        return
    if value.is_natural or value.jointype not in {pb.JOIN_INNER, pb.JOIN_LEFT, pb.JOIN_RIGHT}:
        found.openers.extend(_vague(each) for side in (value.larg, value.rarg) for each in tables([side], None).everything())
        return
    quals = [condition(each) for each in conjuncts(value.quals)] if value.HasField("quals") else []
    quals += [_shared(name) for name in strings(value.using_clause)]
    if value.jointype == pb.JOIN_INNER:
        _add(found, value.larg)
        _add(found, value.rarg)
        found.conditions.extend(quals)
        return
    kept, optional = (value.larg, value.rarg) if value.jointype == pb.JOIN_LEFT else (value.rarg, value.larg)
    _add(found, kept)
    side = tables([optional], None)
    side.conditions.extend(quals)
    found.optional.append(side)


def _vague(open_: Opener) -> Opener:
    """An item of NATURAL or FULL JOIN, of which no row can be told."""
    doubt = Unsure("it joins in a way that is not understood here")
    here = Unsure(doubt.cause, guess=False)

    def opened(scope: Scope) -> Item:
        item = open_(scope)
        return Item(item.alias, () if item.names is None else item.names, lambda _scope, _hints: [(Vague(doubt), here)])

    return opened


def _shared(name: str) -> Condition:
    """JOIN ... USING."""

    def same(scope: Scope) -> Value:
        values = [frame.values[name] for frame in scope.frames if name in frame.names]
        return equal(values[0], values[-1]) if values else None

    return Condition(same, ((name,),), ())


class Tables(NamedTuple):
    """Items joined inwardly, those joined by LEFT JOIN (with its conditions as their own), and the conditions."""

    openers: list[Opener]
    optional: list["Tables"]
    conditions: list[Condition]

    def __call__(self, scope: Scope) -> list[Binding]:
        """The rows: scopes with a frame for each item, and whether they are there."""
        return self.joined(Scope(scope.world, (), scope.outer, None, scope.ctes))

    def joined(self, base: Scope) -> list[Binding]:
        """The rows beside those that ``base`` has."""
        return _Join(self, base).rows()

    def everything(self) -> Iterator[Opener]:
        """All items, those joined by LEFT JOIN too."""
        yield from self.openers
        for side in self.optional:
            yield from side.everything()

    def opened(self, scope: Scope) -> list[Item]:
        return [open_(scope) for open_ in self.everything()]

    def names(self, scope: Scope, alias: str) -> list[str]:
        """The columns of all items, or of one."""
        return [name for each in self.opened(scope) if alias in {"", each.alias} for name in each.names or ()]


class _Join:
    """One run of a join."""

    def __init__(self, found: Tables, base: Scope) -> None:
        self.pending = list(found.conditions)
        self.waiting = [open_(base) for open_ in found.openers]
        self.optional = [(side, side.opened(base)) for side in found.optional]
        self.bindings: list[Binding] = [(base, True)]

    def rows(self) -> list[Binding]:
        self._ask()
        while self.waiting and self.bindings:
            item = self._best()
            self.waiting.remove(item)
            self.bindings = [joined for each in self.bindings for joined in self._joined(each, item)]
            self._ask()
        while self.optional and self.bindings:
            side, items = self.optional.pop(0)
            self.bindings = [joined for each in self.bindings for joined in _optionally(each, side, items)]
            self._ask()
        return self.bindings

    def _unbound(self) -> list[Item]:
        return self.waiting + [item for _, items in self.optional for item in items]

    def _ask(self) -> None:
        """Drop the bindings for which a condition fails that can be asked by now."""
        unbound = self._unbound()
        ready = [each for each in self.pending if not _waits(each.references, unbound)]
        if ready:
            self.pending = [each for each in self.pending if each not in ready]
            self.bindings = [kept for each in self.bindings for kept in _asked(each, ready)]

    def _best(self) -> Item:
        """The next item: one whose rows are found fast, or else one that a column = value narrows, unless one before it must come first."""
        narrowed: Item | None = None
        for item in self.waiting:
            if not item.early:
                break
            hinted = [column for column, _ in self._hints(item, self.bindings[0][0])]
            if not item.keys.isdisjoint(hinted):
                return item
            if hinted and narrowed is None:
                narrowed = item
        return narrowed or self.waiting[0]

    def _hints(self, item: Item, scope: Scope) -> Iterator[tuple[str, list[Value]]]:
        """The columns of an item of which only some values matter."""
        for equality in (each for one in self.pending for each in one.equals if self._narrows(each, item)):
            candidates = _known(equality.values(scope))
            if candidates is not None:
                yield equality.column[-1], candidates

    def _narrows(self, equality: Equality, item: Item) -> bool:
        return _owns(item, equality.column) and not _waits(equality.references, [item, *self._unbound()])

    def _joined(self, binding: Binding, item: Item) -> Iterator[Binding]:
        scope, here = binding
        for values, mark in item.rows(scope, dict(self._hints(item, scope))):
            scope.world.budget.row()
            yield scope.within(framed(item, values)), here if mark is True else here_of(here, mark)


def _waits(references: tuple[tuple[str, ...], ...], items: list[Item]) -> bool:
    """Whether any of the columns can be of an item that is not joined yet."""
    return any(_may_own(item, parts) for parts in references for item in items)


def _known(candidates: Value) -> list[Value] | None:
    """The values of a column = value, where they can be told."""
    if not isinstance(candidates, list) or any(isinstance(each, (Unsure, list)) for each in candidates):
        return None
    return [each for each in candidates if each is not None]


def _owns(item: Item, parts: tuple[str, ...]) -> bool:
    if item.names is None or parts[-1] not in item.names:
        return False
    return len(parts) == 1 or parts[-2] == item.alias


def _may_own(item: Item, parts: tuple[str, ...]) -> bool:
    """Whether a column may be the item's: a qualified one by its alias, another by its name where the names are known."""
    if len(parts) > 1:
        return parts[-2] == item.alias
    return item.names is None or parts[0] in item.names or parts[0] == item.alias


def _asked(binding: Binding, conditions: list[Condition]) -> Iterator[Binding]:
    """The binding, if its conditions hold or may hold."""
    scope, here = binding
    for each in conditions:
        met = each.value(scope)
        if isinstance(met, Unsure):
            here = here_of(here, met if met.guess is not None else Unsure(met.cause, guess=False))
        elif met is not True:
            return
    yield scope, here


def _optionally(binding: Binding, side: Tables, items: list[Item]) -> Iterator[Binding]:
    """LEFT JOIN: the matches of a row, or the row with NULLs."""
    scope, here = binding
    marks = []
    for extended, mark in side.joined(scope):
        marks.append(mark)
        yield extended, here_of(here, mark)
    if True not in marks:
        nulls = [Frame(item.alias, () if item.names is None else item.names, _Null()) for item in items]
        yield scope.within(*nulls), here_of(here, _none(marks))


def _none(marks: list[Value]) -> Value:
    """Whether none of the rows is there."""
    if not marks:
        return True
    guesses = [each.guess for each in marks]
    return Unsure(marks[0].cause, False if True in guesses else MISSING if MISSING in guesses else True)


class _Null(dict[str, Value]):
    """A row of NULLs."""

    def __missing__(self, name: str) -> Value:
        return None
