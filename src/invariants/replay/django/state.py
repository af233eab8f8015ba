"""Django's models as migrations have left them so far."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from invariants.facts.ddl import Operation, Statement
from invariants.facts.place import Place
from invariants.replay.django.contrib import TABLES, statements

USER = "settings.AUTH_USER_MODEL"


class Made(NamedTuple):
    """A call as a migration wrote it: a field, an index, a constraint."""

    path: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    line: int

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    def get(self, keyword: str, position: int = -1, default: Any = None) -> Any:
        """An argument, by its keyword or its position."""
        if keyword in self.kwargs:
            return self.kwargs[keyword]
        return self.args[position] if 0 <= position < len(self.args) else default


class Name(NamedTuple):
    """A name that is defined elsewhere, or a value that cannot be told (an empty path)."""

    path: str


class Arguments(NamedTuple):
    """An operation's arguments. ``mode`` is ``state`` or ``database`` where it changes only one of the two."""

    made: Made
    mode: str

    def get(self, keyword: str, position: int, default: Any = None) -> Any:
        return self.made.get(keyword, position, default)

    def word(self, keyword: str, position: int) -> str:
        """An argument that must be a string."""
        value = self.get(keyword, position)
        return value if isinstance(value, str) else ""


def decode(operation: Operation) -> Arguments:
    """An operation's arguments from its text."""
    body = json.loads(operation.body, object_hook=_decoded)
    return Arguments(Made(operation.kind, tuple(body["args"]), body["kwargs"], operation.at.line), body.get("mode", ""))


def _decoded(value: dict[str, Any]) -> Any:
    if "call" in value and "line" in value:
        return Made(value["call"], tuple(value["args"]), value["kwargs"], value["line"])
    if "symbol" in value or "unknown" in value:
        return Name(value.get("symbol", ""))
    return value


@dataclass
class Model:
    """A model: its table, its fields in order, and the names of the constraints and indexes that its fields brought."""

    app: str
    name: str
    table: str
    is_table: bool = True
    fields: dict[str, Made] = field(default_factory=dict)
    bases: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    indexes: dict[str, Made] = field(default_factory=dict)
    constraints: dict[str, Made] = field(default_factory=dict)
    names: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    """What the constraint or index of a kind over columns is called."""
    foreign: dict[str, Place] = field(default_factory=dict)
    """The operations that added constraints of classes of other files, which may run any SQL, by the constraint's name."""
    tables: dict[str, "Model"] = field(default_factory=dict)
    """The tables that its many-to-many fields made, by field."""

    @property
    def key(self) -> str:
        return f"{self.app}.{self.name.lower()}"

    @property
    def primary(self) -> tuple[str, Made]:
        """The field of the primary key; Django's own where none is declared."""
        for label, made in self.fields.items():
            if made.kwargs.get("primary_key") is True:
                return label, made
        return "id", Made("django.db.models.BigAutoField", (), {"primary_key": True}, 0)


class State:
    """All models, by application and lower-case name."""

    def __init__(self) -> None:
        self.models: dict[str, Model] = {}
        self.needed: set[str] = set()
        """The tables of Django's own applications that migrations refer to."""

    def copy(self) -> "State":
        """The same models, to try operations on that the state is not to keep; what they run in the database stays."""
        other = State()
        other.models = deepcopy(self.models)
        for key, model in self.models.items():
            other.models[key].foreign = model.foreign
        other.needed = self.needed
        return other

    def find(self, app: str, name: str) -> Model | None:
        return self.models.get(f"{app}.{name.lower()}")

    def target(self, app: str, to: Any, own: str) -> Model | None:
        """The model that a relation points to, where it is known: of the repository, or one of Django's own."""
        if isinstance(to, Name):
            return self._user() if to.path.endswith("AUTH_USER_MODEL") else None
        if not isinstance(to, str):
            return None
        label, _, name = to.rpartition(".")
        found = self.find(app, own) if to == "self" else self.find(label or app, name)
        return found or self._contrib(f"{label or app}.{name}".lower())

    def _user(self) -> Model | None:
        """The model that people log in with: the repository's own, or Django's."""
        own = next((each for each in self.models.values() if "password" in each.fields and "last_login" in each.fields), None)
        return own or self._contrib("auth.user")

    def _contrib(self, key: str) -> Model | None:
        table = TABLES.get(key)
        if table is None:
            return None
        self.needed.add(table)
        app, _, name = key.partition(".")
        label, kind = (
            ("session_key", "CharField")
            if table == "django_session"
            else ("key", "CharField")
            if table == "authtoken_token"
            else ("id", "AutoField")
        )
        keys = {"primary_key": True} | ({"max_length": 40} if kind == "CharField" else {})
        return Model(app, name, table, fields={label: Made(f"django.db.models.{kind}", (), keys, 0)})

    def contributed(self) -> list[Statement]:
        """The statements that make the tables of Django's own applications, where something refers to one."""
        return statements(self.needed)

    def pointing(self, model: Model) -> Iterator[tuple[Model, str, Made]]:
        """The relations that point to a model."""
        for other in self.models.values():
            for label, made in other.fields.items():
                if made.get("to", 0) is not None and self.target(other.app, made.get("to", 0), other.name) is model:
                    yield other, label, made
