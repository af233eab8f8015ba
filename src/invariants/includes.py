"""Files that migrations run from inside (psql's ``\\i``, graphile-migrate's ``--!include``), put where they are run."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from invariants.facts.ddl import Include, Statement

Facts = Mapping[str, list[Any]]
"""The facts of files, by path."""


def reached(paths: Iterable[str], facts: Facts) -> list[str]:
    """The files that some files include, directly or through others, themselves left out."""
    given = list(paths)
    waiting, found = list(given), dict.fromkeys(given)
    while waiting:
        for each in facts.get(waiting.pop(), ()):
            if isinstance(each, Include) and each.target not in found:
                found[each.target] = None
                waiting.append(each.target)
    return list(found)[len(given) :]


def spliced(path: str, facts: Facts) -> list[Any]:
    """The facts of a file with those of the files it includes in their places; an Include stays where its file is not there."""
    return [_placed(each, number) for number, each in enumerate(_all(path, facts, ()))]


def _placed(fact: Any, number: int) -> Any:
    """A fact in its place: a statement is told which it is."""
    return fact._replace(position=number) if isinstance(fact, Statement) and fact.position != number else fact


def _all(path: str, facts: Facts, around: tuple[str, ...]) -> Iterator[Any]:
    for each in sorted(facts.get(path, ()), key=lambda fact: getattr(fact, "position", -1)):
        if isinstance(each, Include) and each.target in facts and each.target not in (*around, path):
            yield from _all(each.target, facts, (*around, path))
        else:
            yield each
