"""The tokens of a PL/pgSQL body, as PostgreSQL's scanner sees them."""

from collections.abc import Iterator
from typing import NamedTuple

import postgast
from postgast import pg_query_pb2 as pb

from invariants.postgres.grammar import GrammarError
from invariants.postgres.plpgsql.nodes import Sql

COMMENTS = {pb.SQL_COMMENT, pb.C_COMMENT}
AHEAD = 8
"""How many empty tokens stand for the end."""
QUOTES = (b'"', b"'", b"$")
OPENING, CLOSING = {"(", "["}, {")", "]"}


class Token(NamedTuple):
    """``word`` is in lower case unless quoted; ``start`` and ``end`` count bytes."""

    word: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """The identifier it is."""
        return self.word[1:-1].replace('""', '"') if self.word.startswith('"') else self.word

    @property
    def is_name(self) -> bool:
        return self.word[:1].isalpha() or self.word[:1] in {'"', "_"}


def scan(source: bytes) -> Iterator[Token]:
    """The tokens of a text, without comments."""
    try:
        result = postgast.scan(source.decode())
    except postgast.PgQueryError as error:
        raise GrammarError(error.message, max(error.cursorpos - 1, 0)) from error
    for each in result.tokens:
        if each.token not in COMMENTS:
            start, end = each.start, each.end
            raw = source[start:end]
            yield Token((raw if raw.startswith(QUOTES) else raw.lower()).decode(), start, end)


class Reader:
    """Reads tokens one after another."""

    def __init__(self, text: str) -> None:
        self.source = text.encode()
        end = Token("", len(self.source), len(self.source))
        self.tokens = [*scan(self.source), *(end,) * AHEAD]
        self.position = 0

    def at(self, ahead: int = 0) -> Token:
        """The token ``ahead`` of the next one; an empty one beyond the end."""
        try:
            return self.tokens[self.position + ahead]
        except IndexError:
            return self.tokens[-1]

    def next(self) -> Token:
        token = self.at()
        self.position += 1
        return token

    def sees(self, *words: str) -> bool:
        """Whether these words follow one another here."""
        if self.at().word != words[0]:
            return False
        return len(words) == 1 or all(self.at(index).word == word for index, word in enumerate(words[1:], 1))

    def accept(self, *words: str) -> bool:
        """Skip these words if they are here."""
        if not self.sees(*words):
            return False
        self.position += len(words)
        return True

    def expect(self, *words: str) -> None:
        if not self.accept(*words):
            raise self.error(f"expected {' '.join(words).upper()}")

    def error(self, message: str) -> GrammarError:
        token = self.at()
        return GrammarError(f'{message} at "{token.word}"' if token.word else f"{message} at the end", token.start)

    def name(self) -> str:
        """The identifier here."""
        token = self.next()
        if not token.is_name:
            self.position -= 1
            raise self.error("expected a name")
        return token.name

    def until(self, *stops: str) -> Sql:
        """The text up to one of these words outside parentheses, which stays to be read."""
        start = last = self.at().start
        depth = 0
        for position in range(min(self.position, len(self.tokens) - 1), len(self.tokens)):
            word, _, end = self.tokens[position]
            self.position = position
            if depth <= 0 and word in stops:
                break
            if not word:
                raise self.error(f"expected {' or '.join(map(str.upper, stops))}")
            depth += (word in OPENING) - (word in CLOSING)
            last = end
        return self.slice(start, last)

    def slice(self, start: int, end: int) -> Sql:
        return Sql(self.source[start:end].decode(), start)

    def listed(self, *stops: str) -> tuple[Sql, ...]:
        """Expressions divided by commas, up to one of these words."""
        found = [self.until(",", *stops)]
        while self.accept(","):
            found.append(self.until(",", *stops))
        return tuple(found)
