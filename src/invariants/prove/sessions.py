"""Who a session says it is: one tenant's user, nobody at all, or somebody with a word that policies know."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import Any, Literal, NamedTuple

from invariants.postgres.identifiers import quote
from invariants.prove.catalog import Catalog
from invariants.prove.clues import Claim, Clues
from invariants.prove.database import literal
from invariants.prove.planning import Plans
from invariants.prove.tenancy import Kind, Source, is_user
from invariants.prove.values import Who
from invariants.replay.tenancy import snake

Standing = Literal["unset", "empty", "tenant", "constant"]

MOST = 24
"""So many constants and combinations of them are tried beside a tenant's own settings; of more, those in which every claim speaks."""
FEW = 8
"""So many claims that tell nobody are tried by themselves: where there are more, they are permissions, and one alone opens nothing."""
TOGETHER = 3
"""So many of the words that one claim is compared with are tried with one of every other."""

ANYTHING = "anything"
"""A word that no policy names."""

Rows = Mapping[tuple[str, Who], Sequence[Any]]


class Session(NamedTuple):
    """What is set before a statement runs."""

    standing: Standing
    """``unset``: nothing was ever set; ``empty``: all is; ``tenant``: the attacker's own; ``constant``: words that policies name too."""
    settings: tuple[tuple[str, str], ...]
    varied: frozenset[str] = frozenset()
    """The settings that hold a word that policies name, in place of what a request's would."""

    @property
    def statements(self) -> tuple[str, ...]:
        """As SQL."""
        return tuple(f"set local {setting(name)} = {literal(text)}" for name, text in self.settings)


def setting(name: str) -> str:
    """A setting's name as ``SET`` takes it."""
    return ".".join(quote(part) for part in name.split("."))


class Identities:
    """What tenants and users are called in the rows that were made."""

    def __init__(self, plans: Plans, rows: Rows) -> None:
        self._plans = plans
        self._rows = rows

    def told(self, source: Source, who: Who) -> str:
        """What a source says of a tenant's session."""
        name = snake((source.claim.path or (source.claim.setting.rpartition(".")[2],))[-1])
        return self._user(name, who) if source.kind == "user" else self._tenant(name, who)

    def _tenant(self, name: str, who: Who) -> str:
        """The key of that name, else the key of the table of tenants, else any."""
        tenancy, catalog = self._plans.tenancy, self._plans.catalog
        found: dict[str, str] = {}
        for table, keys in tenancy.keys.items():
            for row in self._rows.get((table, who), ())[:1]:
                found |= {snake(key): row.values[key] for key in keys if row.values[key] is not None and table != tenancy.root}
        if name in found:
            return found[name]
        root = self._rows.get((tenancy.root or "", who), ())
        if root:
            return str(root[0].values[tenancy.keys[root[0].table][0]])
        return next(iter(found.values()), self._plans.identity(who, _notion(catalog, tenancy.keys)))

    def _user(self, name: str, who: Who) -> str:
        table = self._plans.user_table
        rows = self._rows.get((table or "", who), ())
        if not rows or table is None:
            return self._plans.identity(who, 1)
        primary = self._plans.catalog.tables[table].primary or next(iter(rows[0].values))
        return str(rows[0].values.get("email") if "mail" in name else rows[0].values[primary[0]])


def _notion(catalog: Catalog, keys: Mapping[str, tuple[str, ...]]) -> int:
    """0: keys hold tenants; 1: they hold users, as where every user is a tenant of one."""
    named = [key for table, own in keys.items() if table in catalog.tables for key in own]
    return int(bool(named) and all(map(is_user, named)))


def sessions(sources: Sequence[Source], clues: Clues, identities: Identities, who: Who, role: str) -> Iterator[Session]:
    """The sessions that a tenant's user may have, and those of nobody."""
    base = {source.claim: text for source in sources if (text := _said(source, identities, who, role)) is not None}
    anonymous = role == "anon"
    if anonymous:
        base = {claim: text for claim, text in base.items() if _kinds(sources)[claim] in {"role", "editable"}}
    yield Session("unset", ())
    yield Session("empty", tuple(sorted({claim.setting: "" for claim in _kinds(sources)}.items())))
    if base:
        yield Session("tenant", _settings(base))
    for constants in _constants(sources, clues):
        varied = frozenset(claim.setting for claim in constants)
        yield Session("constant", _settings(base | constants), varied)
        if base:
            yield Session("constant", _settings(constants), varied)


def dressed(sources: Sequence[Source], identities: Identities, who: Who) -> Session:
    """The tenant's own session, for triggers that ask who is there."""
    base = {source.claim: text for source in sources if (text := _said(source, identities, who, "authenticated")) is not None}
    return Session("tenant", _settings(base))


def _kinds(sources: Sequence[Source]) -> dict[Claim, Kind]:
    return {source.claim: source.kind for source in sources}


def _said(source: Source, identities: Identities, who: Who, role: str) -> str | None:
    """What a source says; what the caller writes himself says that he is of the other tenant."""
    if source.kind == "other":
        return None
    if source.kind == "role":
        return role
    return identities.told(source, _other(who) if source.kind == "editable" else who)


def _other(who: Who) -> Who:
    return "A" if who == "B" else "B"


def _constants(sources: Sequence[Source], clues: Clues) -> Iterator[dict[Claim, str]]:
    """Each constant that a source is compared with; for sources that tell nobody some other word too, and every combination."""
    kinds = _kinds(sources)
    known = {claim: texts for claim, texts in clues.constants.items() if kinds.get(claim, "other") not in {"role", "other"}}
    free = {
        claim: (*clues.constants.get(claim, ()), ANYTHING)
        for claim, kind in kinds.items()
        if kind == "other" and not _is_whole(claim, kinds)
    }
    told = known | free if len(free) <= FEW else known
    yield from islice(({claim: text} for claim, texts in told.items() for text in texts), MOST)
    if len(free) > 1:
        every = (dict(zip(free, texts, strict=True)) for texts in product(*free.values()))
        yield from every if prod(map(len, free.values())) <= MOST else _together(free)


def _together(words: Mapping[Claim, Sequence[str]]) -> Iterator[dict[Claim, str]]:
    """A word of each at once, as of somebody who may do everything: what is a truth is true."""
    for place in range(min(TOGETHER, max(map(len, words.values())))):
        yield {claim: "true" if "true" in texts else texts[place % len(texts)] for claim, texts in words.items()}


def _is_whole(claim: Claim, kinds: Mapping[Claim, Kind]) -> bool:
    """It is a document, of which other claims are members."""
    return not claim.path and any(other.path for other in kinds if other.setting == claim.setting)


def _settings(told: Mapping[Claim, str]) -> tuple[tuple[str, str], ...]:
    """Claims as the settings that hold them: texts, and documents of their members."""
    found: dict[str, Any] = {}
    for claim, text in sorted(told.items()):
        if not claim.path and claim.setting not in found:
            found[claim.setting] = text
            continue
        if claim.path:
            _put(found, claim, text)
    return tuple((name, text if isinstance(text, str) else json.dumps(text)) for name, text in found.items())


def _put(found: dict[str, Any], claim: Claim, text: str) -> None:
    document = found[claim.setting] if isinstance(found.get(claim.setting), dict) else {}
    found[claim.setting] = document
    *steps, last = claim.path
    for step in steps:
        inner = document.get(step)
        document[step] = inner if isinstance(inner, dict) else {}
        document = document[step]
    if not isinstance(document.get(last), dict):
        document[last] = {"true": True, "false": False}.get(text, _unquoted(text))


def _unquoted(text: str) -> str:
    """What a text says that is compared as JSON: ``"employee"``."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
