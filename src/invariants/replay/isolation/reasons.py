"""Why a row of another tenant passes, in words, and what would have to be so."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from invariants.postgres.grammar import pb, unwrap, write_expression
from invariants.postgres.tree import strings
from invariants.replay.isolation.compiling import tree_of
from invariants.replay.isolation.meetings import found
from invariants.replay.isolation.rows import NEW
from invariants.replay.isolation.values import FREE, MINE, NULL, THEIRS, Nothing, Row, Value, Var
from invariants.replay.isolation.world import World

SESSION_KINDS = ("setting", "claim", "user", "function")
PASSES = "a row of another tenant passes"


class Scene(NamedTuple):
    """A world, the row that was asked about in it, and the role that asks."""

    world: World
    row: Row
    keys: frozenset[int]
    role: str
    said: tuple[tuple[str, object], ...] = ()
    """What a term that passes asked of the session: names, and whether they say anything (``set``, True; ``unset``, ``empty``, False)."""
    seen: Mapping[int, Value] = MappingProxyType({})
    """What it asked of the row, by attribute number."""

    @classmethod
    def of(cls, world: World, row: Row, keys: frozenset[int], role: str) -> "Scene":
        """The scene as it stands once the term was evaluated."""
        kept = ((str(key[1]), value) for key, value in world.kept.items() if isinstance(key, tuple) and key[0] in SESSION_KINDS)
        return cls(world, row, keys, role, tuple(kept), dict(row.seen))

    @property
    def is_nobodys(self) -> bool:
        """Whether the row belongs to no tenant."""
        keys = [each for each in self.row.table.columns if each.number in self.keys]
        seen = [self.row.seen.get(each.number) for each in keys]
        return not any(each.not_null for each in keys) and NULL in seen and all(each in {NULL, None} for each in seen)

    @property
    def asks_nobody(self) -> bool:
        """Whether the session says nothing where it was asked."""
        return any(value in {"unset", "empty", False} for _, value in self.said)


def open_to(scene: Scene, text: str) -> tuple[str, str]:
    """The reason, a clause, and the witness, a sentence."""
    return _reason(scene, text), _witness(scene)


def _reason(scene: Scene, text: str) -> str:
    if scene.is_nobodys:
        return f"rows without a tenant pass{_for_whom(scene)}"
    if under := next((name for key, name in scene.world.kept.items() if isinstance(key, tuple) and key[0] == "likened" and name), ""):
        return f"it compares keys under {under}, which takes those of two tenants for one"
    if free := _caller(scene):
        return f"{free} is written by the caller"
    if (shaped := _shape(scene, text)) is not None:
        return shaped
    if door := _door(scene):
        return f"a session passes whatever the row, once {door}"
    if parent := _parent(scene):
        return f"it sees what the policies of {parent} let pass, and those are open"
    return _of_session(scene) if scene.said else _of_others(scene, text)


def _for_whom(scene: Scene) -> str:
    """The sessions that see the row, as far as the term asks for them."""
    if door := _door(scene):
        return f", once {door}"
    if scene.asks_nobody:
        return ", for a session without a tenant too"
    if asked := sorted({name for name, _ in scene.said}):
        return f" for sessions that meet what else it asks ({', '.join(asked)})"
    return f" for every session of {scene.role}" if "role" in scene.world.kept else " for every session"


def _of_others(scene: Scene, text: str) -> str:
    """Where the session was not asked: by the row, by the role, by nothing."""
    if scene.seen:
        return _of_row(scene) if _is_bare(text) else PASSES
    if "role" in scene.world.kept:
        return f"it asks only for the role, which {scene.role} has, not for the tenant"
    return "it is always true" if _is_bare(text) else "it asks other rows, of whatever tenant"


def _of_session(scene: Scene) -> str:
    if scene.asks_nobody:
        return "a session without a tenant passes for every row"
    if not scene.seen:
        return "it looks only at the session, whatever the row: no tenant is asked for"
    if scene.row.side == NEW and (writer := _writer(scene)) is not None:
        return f"it asks who writes the row ({writer}), not for which tenant"
    return PASSES


def _parent(scene: Scene) -> str | None:
    """A table whose own policies let the row pass that this one leads to."""
    return next((str(key[1]) for key in scene.world.kept if isinstance(key, tuple) and key[0] == "through"), None)


def _writer(scene: Scene) -> str | None:
    """The column of a new row that turned out to hold the session's user."""
    return next((_name(value) for value in scene.seen.values() if isinstance(value, Var) and MINE in found(value).marks), None)


def _of_row(scene: Scene) -> str:
    for number, value in scene.seen.items():
        if number in scene.keys and isinstance(value, Var) and found(value).constant is not None:
            return f"it binds {_name(value)} to a constant, the same for every session"
    return "it looks only at the row, whoever asks: no tenant is asked for"


def _caller(scene: Scene) -> str | None:
    """What the caller wrote, where it came to name another tenant."""
    for value in scene.world.kept.values():
        if isinstance(value, Var) and FREE in value.marks and THEIRS in found(value).marks:
            return value.label
    return None


def _door(scene: Scene) -> str | None:
    """What the session must say to be let through: a setting or claim that is compared with a constant, and not with the row."""
    of_row = {found(each) for each in scene.seen.values() if isinstance(each, Var)}
    for key, value in scene.world.kept.items():
        if isinstance(key, tuple) and key[0] == "source" and isinstance(value, Var):
            said = found(value)
            if said.constant and said not in of_row:
                return f"{value.label} is '{said.constant}'"
    return None


def _is_bare(text: str) -> bool:
    return "select" not in text.lower()


def _shape(scene: Scene, text: str) -> str | None:
    """What a term of a telling form does."""
    kind, value = unwrap(tree_of(text))
    if kind == "null_test" and value.nulltesttype == pb.IS_NOT_NULL and _is_key(scene, value.arg):
        return "it asks only that the row has a tenant, not which"
    if kind != "a_expr" or value.kind != pb.AEXPR_OP or not value.HasField("lexpr"):
        return None
    left, right = write_expression(value.lexpr), write_expression(value.rexpr)
    if left == right:
        return "it compares the column with itself"
    if strings(value.name)[-1] in {"<>", "!="} and (_is_key(scene, value.lexpr) or _is_key(scene, value.rexpr)):
        return f"it passes every value of {left if _is_key(scene, value.lexpr) else right} but one"
    if "coalesce" in (left + right).lower() and scene.asks_nobody:
        return "without a tenant in the session it compares the column with itself"
    return None


def _is_key(scene: Scene, node: Any) -> bool:
    kind, value = unwrap(node)
    if kind == "type_cast":
        return _is_key(scene, value.arg)
    if kind != "column_ref" or unwrap(value.fields[-1])[0] != "string":
        return False
    column = scene.row.table.column(strings(value.fields)[-1])
    return column is not None and column.number in scene.keys


def _witness(scene: Scene) -> str:
    """Who asks, what the session says, and the row that passes."""
    said = [f"{name} {_stated(scene, name, value)}" for name, value in scene.said]
    columns = {each.number: each.name for each in scene.row.table.columns}
    row = [f"{columns[number]} {_held(value)}" for number, value in scene.seen.items()]
    session = f" with {', '.join(said)}" if said else ""
    return f"{scene.role}{session}: a row of another tenant{' with ' + ', '.join(row) if row else ''}"


def _stated(scene: Scene, name: str, value: object) -> str:
    if value in {"unset", False}:
        return "unset"
    if value == "empty":
        return "empty"
    kept = scene.world.kept.get(("source", name))
    return _held(kept) if isinstance(kept, Var) else "its own"


def _held(value: Value) -> str:
    if isinstance(value, Nothing):
        return "NULL"
    if not isinstance(value, Var):
        return "unknown"
    var = found(value)
    if var.constant is not None:
        return f"= '{var.constant}'"
    return "of another tenant" if THEIRS in var.marks else "of its own" if var.marks else "of any value"


def _name(var: Var) -> str:
    return var.label.rpartition(".")[2]
