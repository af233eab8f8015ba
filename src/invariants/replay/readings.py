"""What views, functions and policies read, write and call: the names in their texts, resolved as PostgreSQL would."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from invariants.facts import db
from invariants.facts.place import Place
from invariants.postgres.grammar import GrammarError, parse, parse_expression
from invariants.replay import objects as o
from invariants.replay.bodies import Bodies, Mention, Piece, mentions
from invariants.replay.catalog import Catalog

Kind = Literal["table", "view", "function"]


class Reader(NamedTuple):
    """What reads: its kind, name, signature and place, and the schemas its unqualified names are looked up in."""

    kind: Literal["view", "function", "policy"]
    name: str
    signature: str
    at: Place
    path: tuple[str, ...]


@lru_cache(maxsize=4096)
def _mentioned(text: str) -> frozenset[Mention]:
    """What an expression names; products repeat one expression on table after table."""
    return frozenset(mentions(parse_expression(text)))


class Readings(NamedTuple):
    """The readings of one catalog."""

    catalog: Catalog
    database: str
    bodies: Bodies

    def facts(self) -> Iterator[db.Reading]:
        """Every reading of every view and function."""
        for relation in self.catalog.relations:
            if relation.kind in {"view", "materialized"}:
                yield from self._text(self._reader("view", relation), relation.definition)
        for function in self.catalog.functions:
            yield from self._function(function)

    def of_policies(self, policies: Iterable[o.Policy]) -> Iterator[db.Reading]:
        """Every reading of these policies."""
        for policy in policies:
            yield from self._policy(policy)

    def _name(self, thing: o.Relation | o.Function) -> str:
        return f"{self.catalog.schemas[thing.schema].name}.{thing.name}"

    def _reader(self, kind: Literal["view", "function"], thing: o.Relation | o.Function, signature: str = "") -> Reader:
        at = thing.history[-1].at if thing.history else thing.made
        return Reader(kind, self._name(thing), signature, at, (self.catalog.schemas[thing.schema].name, "public"))

    def _policy(self, policy: o.Policy) -> Iterator[db.Reading]:
        table = self.catalog.relations[policy.table]
        reader = Reader("policy", f"{self._name(table)}/{policy.name}", "", policy.at, (self.catalog.schemas[table.schema].name, "public"))
        for text in (policy.using, policy.check):
            if text is not None:
                yield from self._resolved(reader, _mentioned(text))

    def _text(self, reader: Reader, text: str) -> Iterator[db.Reading]:
        try:
            for statement in parse(text):
                yield from self._resolved(reader, mentions(statement.node))
        except GrammarError:
            yield self._doubt(reader)

    def _function(self, function: o.Function) -> Iterator[db.Reading]:
        reader = self._reader("function", function, ", ".join(function.inputs))
        pinned = dict(function.settings).get("search_path")
        if pinned is not None:
            names = tuple(part.strip().strip("\"'") for part in pinned.split(","))
            reader = reader._replace(path=tuple(name for name in names if name))
        body = self.bodies[function.language, function.body]
        for piece in body.pieces:
            yield from self._piece(reader, piece)
        if not body.is_whole:
            yield self._doubt(reader)

    def _piece(self, reader: Reader, piece: Piece) -> Iterator[db.Reading]:
        if piece.dynamic:
            yield self._doubt(reader)
        for statement in piece.statements:
            yield from self._resolved(reader, statement.mentions)

    def _doubt(self, reader: Reader) -> db.Reading:
        """It reads something that its text does not say."""
        return db.Reading(reader.at, self.database, reader.kind, reader.name, reader.signature, "table", "", writes=True, certain=False)

    def _resolved(self, reader: Reader, found: Iterable[Mention]) -> Iterator[db.Reading]:
        for mention in sorted(set(found)):
            for kind, target in self._targets(mention, reader.path):
                yield db.Reading(
                    reader.at, self.database, reader.kind, reader.name, reader.signature, kind, target, mention.writes, certain=True
                )

    def _targets(self, mention: Mention, path: tuple[str, ...]) -> Iterator[tuple[Kind, str]]:
        for name in (mention.schema,) if mention.schema else path:
            schema = self.catalog.schemas.named(name)
            if schema is None:
                continue
            if mention.is_function:
                if any(each.schema == schema.oid and each.name == mention.name for each in self._named(mention.name)):
                    yield "function", f"{name}.{mention.name}"
                    return
            elif (relation := self.catalog.relations.named(schema.oid, mention.name)) is not None:
                yield ("view" if relation.kind in {"view", "materialized"} else "table"), self._name(relation)
                return

    def _named(self, name: str) -> list[o.Function]:
        return list(self.catalog.functions.alike(name))
