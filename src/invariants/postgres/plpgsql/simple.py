"""Reading the PL/pgSQL statements that hold no others."""

from collections.abc import Callable

from invariants.postgres.plpgsql import nodes as n
from invariants.postgres.plpgsql.tokens import Reader

LEVELS = {"debug", "log", "info", "notice", "warning", "exception"}
ROUTINES = {"function", "procedure"}


class SimpleReader(Reader):
    """One method a statement; each begins behind the statement's first word, which stands at ``offset``."""

    def targets(self) -> tuple[str, ...]:
        """Variables that take a row, as written: ``a, b`` or ``r`` or ``r.field``."""
        found = [self._target()]
        while self.accept(","):
            found.append(self._target())
        return tuple(found)

    def _target(self) -> str:
        parts = [self.name()]
        while self.accept("."):
            parts.append(self.name())
        return ".".join(parts)

    def exit(self, offset: int) -> n.Exit:
        leaves = self.at(-1).word == "exit"
        label = "" if self.at().word in {"when", ";"} else self.name()
        condition = self.until(";") if self.accept("when") else None
        self.expect(";")
        return n.Exit(offset, leaves, label, condition)

    def returns(self, offset: int) -> n.Statement:
        if self.accept("query"):
            dynamic = self.accept("execute")
            query = self.until(";", "using") if dynamic else self.until(";")
            using = self.listed(";") if dynamic and self.accept("using") else ()
            self.expect(";")
            return n.ReturnQuery(offset, query, dynamic, using)
        kind = n.ReturnNext if self.accept("next") else n.Return
        value = None if self.sees(";") else self.until(";")
        self.expect(";")
        return kind(offset, value)

    def raises(self, offset: int) -> n.Raise:
        level = self.next().word if self.at().word in LEVELS else ""
        message, condition, arguments = None, "", []
        if self.at().word[:1] in {"'", "$"} or self.at().word.startswith("e'"):
            message = self.until(",", ";", "using")
            while self.accept(","):
                arguments.append(self.until(",", ";", "using"))
        elif self.accept("sqlstate"):
            condition = self.next().word.strip("'").upper()
        elif self.at().word not in {";", "using"}:
            condition = self.name().lower()
        options = self._options() if self.accept("using") else ()
        self.expect(";")
        return n.Raise(offset, level, message, tuple(arguments), condition, options)

    def _options(self) -> tuple[tuple[str, n.Sql], ...]:
        """USING errcode = ..., message = ..."""
        found = []
        while True:
            name = self.name()
            self.next()
            found.append((name, self.until(",", ";")))
            if not self.accept(","):
                return tuple(found)

    def asserts(self, offset: int) -> n.Assert:
        condition = self.until(",", ";")
        if self.accept(","):
            self.until(";")
        self.expect(";")
        return n.Assert(offset, condition)

    def perform(self, offset: int) -> n.Perform:
        query = self.until(";")
        self.expect(";")
        return n.Perform(offset, n.Sql(f"SELECT {query.text}", query.offset))

    def execute(self, offset: int) -> n.Execute:
        text = self.until("into", "using", ";")
        into: tuple[str, ...] = ()
        using: tuple[n.Sql, ...] = ()
        strict = False
        while not self.accept(";"):
            if self.accept("into"):
                strict = self.accept("strict")
                into = self.targets()
            else:
                self.expect("using")
                using = self.listed("into", ";")
        return n.Execute(offset, text, into, strict, using)

    def get(self, offset: int) -> n.Diagnostics:
        if not self.accept("current"):
            self.accept("stacked")
        self.expect("diagnostics")
        items = []
        while True:
            target = self._target()
            self.next()
            items.append((target, self.name().lower()))
            if not self.accept(","):
                break
        self.expect(";")
        return n.Diagnostics(offset, tuple(items))

    def open(self, offset: int) -> n.Open:
        cursor = self.name()
        if self.accept("("):
            using = () if self.sees(")") else self.listed(")")
            self.expect(")", ";")
            return n.Open(offset, cursor, None, dynamic=False, using=using)
        self.accept("no")
        self.accept("scroll")
        query, dynamic, using = None, False, ()
        if self.accept("for"):
            dynamic = self.accept("execute")
            query = self.until(";", "using") if dynamic else self.until(";")
            using = self.listed(";") if dynamic and self.accept("using") else ()
        self.expect(";")
        return n.Open(offset, cursor, query, dynamic, using)

    def fetch(self, offset: int) -> n.Fetch:
        words = self.until("into", ";").text.split()
        into = self.targets() if self.accept("into") else ()
        self.expect(";")
        return n.Fetch(offset, words[-1].lower(), " ".join(words[:-1]).lower(), into)

    def close(self, offset: int) -> n.Close:
        cursor = self.name()
        self.expect(";")
        return n.Close(offset, cursor)

    def nothing(self, offset: int) -> n.Null:
        word = self.at(-1).word
        self.until(";")
        self.expect(";")
        return n.Null(offset, word)

    def run(self) -> n.Run:
        """An SQL statement, up to the semicolon that is its own, with PL/pgSQL's INTO taken out."""
        start = last = self.at().start
        opening, closing = ({"(", "begin"}, {")", "end"}) if self._creates_routine() else ({"("}, {")"})
        into: tuple[str, ...] = ()
        depth, strict, cut = 0, False, (0, 0)
        while depth > 0 or not self.sees(";"):
            if not into and self.sees("into") and self._is_own(start):
                begin = self.next().start
                strict = self.accept("strict")
                into = self.targets()
                cut = (begin, self.at().start)
                continue
            token = self.next()
            if not token.word:
                raise self.error("expected ;")
            depth += (token.word in opening) - (token.word in closing)
            last = token.end
        self.expect(";")
        if not into:
            return n.Run(start, self.slice(start, last), (), strict=False)
        text = f"{self.slice(start, cut[0]).text} {self.slice(cut[1], max(last, cut[1])).text}"
        return n.Run(start, n.Sql(text, start), into, strict)

    def _is_own(self, start: int) -> bool:
        """Whether the INTO here is PL/pgSQL's, and none of INSERT's or MERGE's."""
        return self.at().start > start and self.at(-1).word not in {"insert", "merge"}

    def _creates_routine(self) -> bool:
        words = [self.at(index).word for index in range(4)]
        return words[0] == "create" and (words[1] in ROUTINES or (words[1:3] == ["or", "replace"] and words[3] in ROUTINES))


READERS: dict[str, Callable[[SimpleReader, int], n.Statement]] = {
    "exit": SimpleReader.exit,
    "continue": SimpleReader.exit,
    "return": SimpleReader.returns,
    "raise": SimpleReader.raises,
    "assert": SimpleReader.asserts,
    "perform": SimpleReader.perform,
    "execute": SimpleReader.execute,
    "get": SimpleReader.get,
    "open": SimpleReader.open,
    "fetch": SimpleReader.fetch,
    "move": SimpleReader.fetch,
    "close": SimpleReader.close,
    "null": SimpleReader.nothing,
    "commit": SimpleReader.nothing,
    "rollback": SimpleReader.nothing,
}
"""The statements by their first word."""
