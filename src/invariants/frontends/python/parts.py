"""Answers that are made of parts, and conditions that ask for one of these: ``return False, None``; ``ok, user = judged(request)``."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from invariants.facts.code import FIELD, PERHAPS, REFUSAL, SOMETHING, TAKEN, Argument
from invariants.frontends.python.arguments import literal
from invariants.frontends.python.conditions import Ways
from invariants.frontends.python.drafts import Draft
from invariants.frontends.python.injection import marker, target
from invariants.frontends.python.keeping import Keeping
from invariants.frontends.python.rejects import RAISED, refused
from invariants.frontends.python.scopes import Function, Scope, children
from invariants.frontends.python.symbols import callee, named, symbol
from invariants.frontends.python.syntax import Module
from invariants.frontends.python.verdicts import is_verdict

DEEP = 3
"""So many variables are followed to what they were given."""
MANY = 16
"""An answer of more parts is no verdict."""
FEW = 2
"""So many parts that are true or false are told apart."""
RECORDS = {"dict", "namedtuple"}
"""What makes one value of others, beside classes."""
HOLDING = (ast.Tuple, ast.List, ast.Dict, ast.Set, ast.JoinedStr, ast.ListComp, ast.DictComp, ast.SetComp)
FIELDED = {"NamedTuple", "BaseModel", "TypedDict", "Struct"}
LISTING = {"dataclass", "define", "frozen", "attrs", "s"}


class Part(NamedTuple):
    """A part of what is answered: what it is called, and what it is, or what is called that answers it."""

    name: str
    value: ast.expr


class Parting(Keeping):
    """The walk through answers, part by part."""

    def __init__(self, module: Module, scope: Scope, name: str) -> None:
        super().__init__(module, scope, name)
        self.apart: dict[str, list[Part]] = {}
        """Variables that were given a part of something: ``ok, user = judged(request)``."""

    def keep(self, target: ast.expr, value: ast.expr) -> None:
        """A variable's value is remembered, also of one that is given a part of it."""
        for name, place in _places(target):
            self.apart.setdefault(name, []).append(Part(place, value))
        super().keep(target, value)

    def leaf(self, test: ast.expr, ways: Ways) -> None:
        """A branch, with the parts of answers that it asks for."""
        before, asked = len(self.drafts), list(self.asked_for(test, DEEP))
        super().leaf(test, ways)
        if asked:
            made = next((each for each in self.drafts[before:] if each.node is test and each.kind == "branch"), None)
            if made is not None:
                made.parts = [(name, ("call", said)) for name, said in dict.fromkeys(asked)]

    def asked_for(self, node: ast.expr, depth: int) -> Iterator[tuple[str, str]]:
        """The parts that a condition asks for, each with the call that answers it."""
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=inner) | ast.NamedExpr(value=inner):
                yield from self.asked_for(inner, depth)
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() | ast.Eq() | ast.NotEq()], comparators=[ast.Constant()]):
                yield from self.asked_for(left, depth)
            case ast.Name(id=name) if depth:
                for each in self.apart.get(name, []):
                    yield from self.answered_by(each.value, each.name, depth)
                for given in self.givens.get(name, []):
                    yield from self.asked_for(given.value, depth - 1) if not isinstance(given.value, ast.Name) else ()
            case ast.Subscript(value=whole, slice=index) if (place := _index(index)) is not None:
                yield from self.answered_by(whole, place, depth)
            case ast.Call(func=ast.Attribute(value=whole, attr="get"), args=[ast.Constant(value=str() as key)]):
                yield from self.answered_by(whole, key, depth)
            case ast.Attribute(value=whole, attr=name):
                yield from self.answered_by(whole, name, depth)

    def answered_by(self, node: ast.expr, part: str, depth: int) -> Iterator[tuple[str, str]]:
        """The calls that answer something, each with the part that is asked for."""
        match node:
            case ast.Await(value=inner) | ast.NamedExpr(value=inner):
                yield from self.answered_by(inner, part, depth)
            case ast.Call() if said := named(node.func, self.scope):
                yield part, said
            case ast.Name(id=name) if depth and name in self.givens:
                for given in self.givens[name]:
                    yield from self.answered_by(given.value, part, depth - 1)
            case ast.Name(id=name) if depth:
                taken = next((each for each in self.scope.parameters if each.arg == name), None)
                found = marker(taken, self.scope) if taken is not None else None
                called = target(found, taken.annotation) if found is not None and taken is not None else self.scope.values.get(name)
                if found is not None and called is not None and (said := named(called, self.scope.parent or self.scope)):
                    yield part, said
                elif found is None and called is not None:
                    yield from self.answered_by(called, part, depth - 1)

    def verdict(self, node: ast.expr | None) -> tuple[ast.expr, ast.expr, ast.expr] | None:
        """The first part of an answer that is true or false, and the answer with either in its place; null where there is none."""
        if not self.is_asked_by_code():
            return None
        found = [each for each in _parts(node) if self.is_verdict(each.value)]
        first = found[0].value if 0 < len(found) <= FEW else None
        return (first, _with(node, first, True), _with(node, first, False)) if node is not None and first is not None else None

    def is_verdict(self, node: ast.expr) -> bool:
        """Whether a part is true or false, itself or by a name that it has."""
        return is_verdict(self.values.get(node.id) if isinstance(node, ast.Name) and len(self.givens.get(node.id, [])) == 1 else node)

    def is_asked_by_code(self) -> bool:
        """Whether a function answers others of the code, as far as its decorators tell: routes are registered by methods."""
        listed = self.scope.node.decorator_list if isinstance(self.scope.node, Function) else []
        return not any(isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) for each in listed)

    def parts(self, node: ast.expr | None) -> list[tuple[str, tuple[str, str]]]:
        """What is told of an answer, part by part."""
        return [(each.name, self.part(each.value)) for each in _parts(node)] if self.is_asked_by_code() else []

    def taken(self, node: ast.expr | None) -> list[tuple[str, tuple[str, str]]]:
        """The parts of answers that a variable was given, each with the call that answers it."""
        told = self.apart.get(node.id, []) if isinstance(node, ast.Name) else []
        return [(f"{TAKEN}{name}", ("call", said)) for each in told for name, said in self.answered_by(each.value, each.name, DEEP)]

    def part(self, node: ast.expr, depth: int = DEEP) -> tuple[str, str]:
        """The kind of a part, and its value."""
        if isinstance(node, ast.Constant):
            return literal(node)
        if refused(node) is not None or (isinstance(node, ast.Call) and callee(node) in RAISED):
            return "other", REFUSAL
        if isinstance(node, HOLDING):
            is_full = not isinstance(node, ast.Tuple | ast.List | ast.Dict | ast.Set) or bool(children(node))
            return ("other", SOMETHING) if is_full else ("string", "")
        if isinstance(node, ast.Name) and depth and (given := self.givens.get(node.id)):
            told = [self.part(each.value, depth - 1) for each in given]
            return told[0] if len(told) == 1 else ("other", PERHAPS if any(map(_is_something, told)) else "")
        origins = {origin for origin, _ in self.origins.of(node)}
        if origins and origins <= {"caller", "parameter", "constant"}:
            return "other", PERHAPS
        inner = node.value if isinstance(node, ast.Await) else node
        return ("call" if isinstance(inner, ast.Call) else "symbol"), named(inner, self.scope)


def told(module: Module, function: str, position: int, draft: Draft) -> Iterator[Argument]:
    """The facts of the parts that a branch asks for, or a return answers with."""
    at = draft.place(module)
    yield from (Argument(at, function, position, name, kind, value) for name, (kind, value) in draft.parts)  # type: ignore[arg-type]


def fields(module: Module, scope: Scope) -> Iterator[Argument]:
    """The fields of a class, and what they are where nobody says it; none of one of which
    nothing is true or false, and that is not called."""
    node = scope.node
    assert isinstance(node, ast.ClassDef)
    own = [each for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)] if _is_listing(node) else []
    plain = [each for each in node.body if isinstance(each, ast.Assign) and _is_flag(each.value)]
    is_called = any(isinstance(each, Function) and each.name == "__call__" for each in node.body)
    if not (plain or is_called or any(symbol(each.annotation) == "bool" or _is_flag(each.value) for each in own)):
        return
    for each in own:
        said = literal(each.value) if isinstance(each.value, ast.Constant) else ("other", "")
        yield Argument(module.place(each), scope.name, FIELD, symbol(each.target), *said)  # type: ignore[arg-type]
    for one in plain:
        yield Argument(module.place(one), scope.name, FIELD, symbol(one.targets[0]), *literal(one.value))  # type: ignore[arg-type]


def _is_listing(node: ast.ClassDef) -> bool:
    """Whether the annotations in a class are the fields of its objects."""
    return any(callee(each) in LISTING for each in node.decorator_list) or any(callee(each) in FIELDED for each in node.bases)


def _is_flag(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def _is_something(said: tuple[str, str]) -> bool:
    """Whether a value is true, or may be whatever anybody sends."""
    kind, value = said
    return (
        value in {SOMETHING, REFUSAL, PERHAPS}
        or (kind == "boolean" and value == "true")
        or (kind in {"string", "number"} and value not in {"", "0"})
    )


def _places(node: ast.expr) -> Iterator[tuple[str, str]]:
    """The variables that something is divided among, and the place of what each is given; from the end, behind a starred one."""
    elts = node.elts if isinstance(node, ast.Tuple | ast.List) else []
    starred = next((place for place, each in enumerate(elts) if isinstance(each, ast.Starred)), len(elts))
    for place, each in enumerate(elts):
        if isinstance(each, ast.Name):
            yield each.id, str(place if place < starred else place - len(elts))


def _index(node: ast.expr) -> str | None:
    """The place or the key that a subscript names."""
    match node:
        case ast.Constant(value=int() | str() as value):
            return str(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return str(-value)
    return None


def _inside(node: ast.expr | None) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Tuple(elts=elts):
            if not any(isinstance(each, ast.Starred) for each in elts):
                yield from ((str(place), each) for place, each in enumerate(elts))
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
        case ast.Call(args=args, keywords=keywords) if _makes(node) and not any(isinstance(each, ast.Starred) for each in args):
            yield from ((str(place), each) for place, each in enumerate(args))
            yield from ((each.arg, each.value) for each in keywords if each.arg is not None)


def _makes(node: ast.Call) -> bool:
    """Whether a call makes an object of others, as far as its name tells."""
    return callee(node.func) in RECORDS or callee(node.func)[:1].isupper()


def _parts(node: ast.expr | None) -> Iterator[Part]:
    """The parts of an answer; those of a tuple by their places from the end, too."""
    found = list(_inside(node))
    for name, value in found if len(found) <= MANY else ():
        yield Part(name, value)
        if isinstance(node, ast.Tuple):
            yield Part(str(int(name) - len(found)), value)


def _with(node: ast.expr, part: ast.expr, said: bool) -> ast.expr:
    """An answer with a constant in the place of one of its parts."""

    def one(each: ast.expr) -> ast.expr:
        return ast.copy_location(ast.Constant(said), each) if each is part else each

    match node:
        case ast.Tuple(elts=elts):
            return ast.copy_location(ast.Tuple([one(each) for each in elts], ast.Load()), node)
        case ast.Dict(keys=keys, values=values):
            return ast.copy_location(ast.Dict(keys, [one(each) for each in values]), node)
        case ast.Call(func=func, args=args, keywords=keywords):
            given = [ast.copy_location(ast.keyword(each.arg, one(each.value)), each) for each in keywords]
            return ast.copy_location(ast.Call(func, [one(each) for each in args], given), node)
    return node
