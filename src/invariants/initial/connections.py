"""Who connects: the users that connection strings and variables name, in examples of env files and in compose files. Values stay unsaid."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from invariants.initial.environments import is_example
from invariants.initial.repository import Repository
from invariants.initial.values import Notice, some

TOPIC = "connections"
URL = re.compile(r"postgres(?:ql)?(?:\+\w+)?://(?P<user>\$\{[^}]*\}|[^:@/\s'\"]+)(?::(?:\$\{[^}]*\}|[^@\s'\"])*)?@", re.IGNORECASE)
USER = re.compile(
    r"""^[\s-]*["']?(?P<name>\w*(?:PG|POSTGRES|POSTGRESQL|DB|DATABASE)_?USER(?:NAME)?)["']?\s*[:=]\s*["']?(?P<user>[^\s"'#]+)"""
)
NAME = re.compile(r"""([A-Za-z_]\w*)["']?\s*[:=]""")
COMMENT = re.compile(r"(?:^|\s)#.*")
DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")
PLACEHOLDER = re.compile(r"[<>\[\]{}$*]|^(?:your|my|db|pg|postgres|database)?[-_]?(?:user|username)$", re.IGNORECASE)
COMPOSE = re.compile(r"(?:^|/)(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$")
MAKES_SUPERUSER = "POSTGRES_USER"
"""What the image of PostgreSQL reads: the superuser that it makes."""


class Connection(NamedTuple):
    """A user that a file names."""

    user: str
    place: str
    """``file:line``, and the variable that names it."""
    is_superuser: bool


def connections(repository: Repository) -> list[Connection]:
    """The users that are named, file by file."""
    paths = [path for path in repository.paths if is_example(path) or COMPOSE.search(path)]
    return [each for path in paths for each in _named(path, repository.said(path))]


def notices(found: Sequence[Connection]) -> Iterator[Notice]:
    """What is said of each user."""
    superusers = _places(each for each in found if each.is_superuser)
    for user, places in superusers.items():
        yield Notice(TOPIC, f"`{user}` is made a superuser by {places}")
    for user, places in _places(each for each in found if not each.is_superuser).items():
        text = f"`{user}` is the user of {places}"
        yield (
            Notice(TOPIC, f"{text}: a superuser, whom row security never holds", is_known=False)
            if user in superusers
            else Notice(TOPIC, text)
        )


def remarks(found: Sequence[Connection]) -> list[str]:
    """What is said of those who connect, for whoever decides what the application connects as."""
    users = {each.user for each in found if not each.is_superuser}
    return [each.text for each in notices([each for each in found if each.user in users]) if " made " not in each.text]


def _places(found: Iterable[Connection]) -> dict[str, str]:
    """By user, where it is named."""
    places: dict[str, list[str]] = defaultdict(list)
    for each in found:
        places[each.user].append(each.place)
    return {user: some(each, 2) for user, each in places.items()}


def _named(path: str, text: str) -> Iterator[Connection]:
    for number, written in enumerate(text.split("\n"), 1):
        line = COMMENT.sub("", written)
        for match in URL.finditer(line):
            before = NAME.findall(line[: match.start()])
            yield from _connection(match["user"], f"{path}:{number}", before[-1] if before else "", is_superuser=False)
        if found := USER.match(line):
            makes = found["name"] == MAKES_SUPERUSER and bool(COMPOSE.search(path))
            yield from _connection(found["user"], f"{path}:{number}", found["name"], is_superuser=makes)


def _connection(said: str, place: str, variable: str, *, is_superuser: bool) -> Iterator[Connection]:
    """A user, unless its name is a placeholder or filled in by another program."""
    user = unquote(DEFAULT.sub(r"\1", said)).partition(".")[0]  # Supabase's pooler wants postgres.PROJECT
    if user and not PLACEHOLDER.search(user):
        yield Connection(user, f"{variable} in {place}" if variable else place, is_superuser)
