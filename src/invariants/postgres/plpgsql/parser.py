"""Reading PL/pgSQL (PostgreSQL's pl_gram.y)."""

from collections.abc import Callable
from functools import lru_cache

from invariants.postgres.plpgsql import nodes as n
from invariants.postgres.plpgsql.simple import READERS, SimpleReader

Body = tuple[n.Statement, ...]


@lru_cache(maxsize=1024)
def parse_body(text: str) -> n.Block:
    """The outermost block of a body, or GrammarError; a body is read to be run, and again to tell what it reads."""
    parser = Parser(text)
    while parser.accept("#"):
        parser.position += 2
    block = parser.block(parser.label())
    parser.accept(";")
    if parser.at().word:
        raise parser.error("unexpected text")
    return block


class Parser(SimpleReader):
    """Reads one body, statement after statement."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.cursors: set[str] = set()

    def label(self) -> str:
        """<<name>> before a block or loop."""
        if not self.accept("<<"):
            return ""
        name = self.name()
        self.expect(">>")
        return name

    def body(self, *stops: str) -> Body:
        """Statements up to one of these words."""
        found: list[n.Statement] = []
        while self.at().word not in stops:
            if not self.at().word:
                raise self.error(f"expected {' or '.join(map(str.upper, stops))}")
            found.append(self.statement())
        return tuple(found)

    def statement(self) -> n.Statement:
        label = self.label()
        if self._assigns():
            return self.assign()
        word = self.at().word
        if word in {"begin", "declare"}:
            block = self.block(label)
            self.expect(";")
            return block
        if word in COMPOUND:
            return COMPOUND[word](self, self.next().start, label)
        return READERS[word](self, self.next().start) if word in READERS else self.run()

    def block(self, label: str) -> n.Block:
        offset = self.at().start
        declarations: list[n.Declaration] = []
        while self.accept("declare"):
            while self.at().word not in {"begin", "declare"}:
                declarations.append(self.declaration())
        self.expect("begin")
        body = self.body("end", "exception")
        handlers = []
        if self.accept("exception"):
            while self.accept("when"):
                handlers.append(self.handler())
        self._end()
        return n.Block(offset, label, tuple(declarations), body, tuple(handlers))

    def _end(self, *words: str) -> None:
        """END, what it ends, and perhaps its label."""
        self.expect("end", *words)
        if self.at().is_name:
            self.next()

    def handler(self) -> n.Handler:
        conditions = []
        while True:
            token = self.next()
            conditions.append(self.next().word.strip("'").upper() if token.word == "sqlstate" else token.name.lower())
            if not self.accept("or"):
                break
        self.expect("then")
        return n.Handler(tuple(conditions), self.body("when", "end"))

    def declaration(self) -> n.Declaration:
        offset = self.at().start
        name = self.name()
        if self.accept("alias", "for"):
            alias = self.next().name
            self.expect(";")
            return n.Declaration(name, "", offset, alias=alias)
        if self.accept("no", "scroll") or self.accept("scroll") or self.sees("cursor"):
            return self._cursor(name, offset)
        self.accept("constant")
        type_name = self.until(";", ":=", "=", "default", "not", "collate").text
        if type_name.lower().endswith("refcursor"):
            self.cursors.add(name)
        if self.accept("collate"):
            self.until(";", ":=", "=", "default", "not")
        self.accept("not", "null")
        default = None
        if not self.sees(";"):
            self.next()
            default = self.until(";")
        self.expect(";")
        return n.Declaration(name, type_name, offset, default)

    def _cursor(self, name: str, offset: int) -> n.Declaration:
        self.cursors.add(name)
        self.expect("cursor")
        parameters: list[str] = []
        if self.accept("("):
            parameters = [part.text.split()[0].lower() for part in self.listed(")")]
            self.expect(")")
        self.next()  # FOR or IS
        query = self.until(";")
        self.expect(";")
        return n.Declaration(name, "refcursor", offset, query=query, parameters=tuple(parameters))

    def _assigns(self) -> bool:
        """Whether a target and := or = stand here."""
        index = 1
        while self.at().is_name and self.at(index).word:
            word = self.at(index).word
            if word in {":=", "="}:
                return True
            if word not in {".", "["}:
                return False
            index = index + 2 if word == "." else self._behind_bracket(index)
        return False

    def _behind_bracket(self, index: int) -> int:
        depth = 0
        while word := self.at(index).word:
            depth += (word == "[") - (word == "]")
            index += 1
            if depth == 0:
                break
        return index

    def assign(self) -> n.Assign:
        offset = self.at().start
        target = self.until(":=", "=")
        self.next()
        value = self.until(";")
        self.expect(";")
        return n.Assign(offset, target, value)

    def conditional(self, offset: int, _label: str) -> n.If:
        branches = []
        while True:
            condition = self.until("then")
            self.expect("then")
            branches.append((condition, self.body("elsif", "elseif", "else", "end")))
            if not (self.accept("elsif") or self.accept("elseif")):
                break
        otherwise = self.body("end") if self.accept("else") else ()
        self.expect("end", "if", ";")
        return n.If(offset, tuple(branches), otherwise)

    def case(self, offset: int, _label: str) -> n.Case:
        subject = None if self.sees("when") else self.until("when")
        branches = []
        while self.accept("when"):
            condition = self.until("then")
            self.expect("then")
            branches.append((condition, self.body("when", "else", "end")))
        otherwise = self.body("end") if self.accept("else") else None
        self.expect("end", "case", ";")
        return n.Case(offset, subject, tuple(branches), otherwise)

    def looped(self) -> Body:
        """LOOP ... END LOOP [label];"""
        self.expect("loop")
        body = self.body("end")
        self._end("loop")
        self.expect(";")
        return body

    def loop(self, offset: int, label: str) -> n.Loop:
        self.position -= 1
        return n.Loop(offset, label, None, self.looped())

    def whilst(self, offset: int, label: str) -> n.Loop:
        condition = self.until("loop")
        return n.Loop(offset, label, condition, self.looped())

    def over_array(self, offset: int, label: str) -> n.ForEach:
        targets = self.targets()
        deep = int(self.next().word) if self.accept("slice") else 0
        self.expect("in", "array")
        array = self.until("loop")
        return n.ForEach(offset, label, targets, deep, array, self.looped())

    def loop_for(self, offset: int, label: str) -> n.Statement:
        targets = self.targets()
        self.expect("in")
        reverse = self.accept("reverse")
        if self.accept("execute"):
            text = self.until("using", "loop")
            using = self.listed("loop") if self.accept("using") else ()
            return n.ForQuery(offset, label, targets, text, dynamic=True, cursor=False, using=using, body=self.looped())
        if self.at().name in self.cursors and self.at(1).word in {"(", "loop"}:
            return self._over_cursor(offset, label, targets)
        query = self.until("loop", "..")
        if self.accept(".."):
            return self._over_integers(offset, label, targets[0], query, reverse)
        return n.ForQuery(offset, label, targets, query, dynamic=False, cursor=False, using=(), body=self.looped())

    def _over_integers(self, offset: int, label: str, variable: str, lower: n.Sql, reverse: bool) -> n.ForInteger:
        upper = self.until("loop", "by")
        step = self.until("loop") if self.accept("by") else None
        return n.ForInteger(offset, label, variable, lower, upper, step, reverse, self.looped())

    def _over_cursor(self, offset: int, label: str, targets: tuple[str, ...]) -> n.ForQuery:
        token = self.next()
        using: tuple[n.Sql, ...] = ()
        if self.accept("("):
            using = self.listed(")")
            self.expect(")")
        return n.ForQuery(
            offset, label, targets, n.Sql(token.name, token.start), dynamic=False, cursor=True, using=using, body=self.looped()
        )


COMPOUND: dict[str, Callable[[Parser, int, str], n.Statement]] = {
    "if": Parser.conditional,
    "case": Parser.case,
    "loop": Parser.loop,
    "while": Parser.whilst,
    "for": Parser.loop_for,
    "foreach": Parser.over_array,
}
"""The statements that hold others, by their first word."""
