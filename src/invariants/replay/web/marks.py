"""Marks: what a decorator of NestJS writes beside a route (`SetMetadata`), and a guard reads there (`Reflector`).

A guard that lets by whatever is marked as public turns away all the rest, and one that asks for roles lets by what names none. So it is
told of each route by what stands on it.
"""

from collections.abc import Iterable

from invariants.facts.code import Step
from invariants.facts.web import Use
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.symbols import Symbols

WRITER = "@nestjs/common.SetMetadata"
MAKER = "Reflector.createDecorator"
READERS = frozenset({"get", "getAllAndOverride", "getAllAndMerge"})
NEST = "@nestjs/"
DEEP = 4
Marks = frozenset[str]
NOTHING = {"boolean": {"false"}, "number": {"0"}, "null": {"null", "undefined", ""}, "string": {""}}
"""What says no, by its kind."""


def asked(step: Step, own: File, symbols: Symbols) -> str:
    """The mark that a condition asks for; empty where it asks for anything else."""
    place = (step.function_name, step.position)
    found = [each for each in own.dependences.get(place, []) if each.origin != "constant"]
    if len(found) != 1 or found[0].origin != "call" or not _is_reader(found[0].symbol):
        return ""
    told = [each for each in own.given.get(place, []) if each.given == found[0].symbol and each.origin != "call"]
    if not told:
        return _made(step, found[0].symbol, own, symbols)
    return _text(step.at.file, "string" if told[0].origin == "constant" else "symbol", told[0].symbol, symbols) if len(told) == 1 else ""


def _made(step: Step, reader: str, own: File, symbols: Symbols) -> str:
    """A mark that is known by the decorator that writes it, where a function asks for no other."""
    places = [(each.function_name, each.position) for each in own.steps.get(step.function_name, []) if each.symbol == reader]
    given = {each.value for place in places for each in own.arguments.get(place, []) if each.name == "0" and each.kind == "symbol"}
    return _text(step.at.file, "symbol", given.pop(), symbols) if len(given) == 1 else ""


def written(file: str, use: Use, corpus: Corpus, symbols: Symbols) -> Marks | None:
    """What a decorator writes beside a route; null where its body is not in the repository, and it is none of NestJS's own."""
    key = symbols.resolve(file, use.symbol, use.function_name)
    if file.endswith(".cs"):
        return frozenset({str(key)})  # an attribute is a mark itself
    if str(key) == WRITER and (own := corpus.get(file)) and use.step is not None:
        return _keys([(file, own, use.function_name, use.step)], symbols)
    return _of(key, corpus, symbols, DEEP)


def _of(key: Key, corpus: Corpus, symbols: Symbols, depth: int) -> Marks | None:
    own = corpus.get(key.file) if key.file else None
    made = symbols.made_by(key)
    if made is not None and made.name.endswith(MAKER):
        return frozenset({str(key)})
    if own is None or key.name not in own.functions or not depth:
        return frozenset() if key.name.startswith(NEST) else None
    found: Marks = frozenset()
    for step in own.steps.get(key.name, []):
        if step.kind == "call":
            target = symbols.resolve(key.file, step.symbol, key.name)
            inner = _keys([(key.file, own, key.name, step.position)], symbols) if str(target) == WRITER else None
            found |= inner or _of(target, corpus, symbols, depth - 1) or frozenset()
    return found


def _keys(places: Iterable[tuple[str, File, str, int]], symbols: Symbols) -> Marks:
    """The first arguments of `SetMetadata`; behind a `!`, where the second one says no."""
    found = set()
    for file, own, function, position in places:
        given = {each.name: each for each in own.arguments.get((function, position), [])}
        if "0" in given:
            is_no = "1" in given and given["1"].kind in NOTHING and given["1"].value in NOTHING[given["1"].kind]
            found.add("!" * is_no + _text(file, given["0"].kind, given["0"].value, symbols))
    return frozenset(found)


def _is_reader(symbol: str) -> bool:
    before, _, last = symbol.rpartition(".")
    return last in READERS and before.rpartition(".")[2].lower().endswith("reflector")


def _text(file: str, kind: str, value: str, symbols: Symbols) -> str:
    """What is written down, or what a name stands for; a name that stands for nothing written down is known by where it is made."""
    if kind == "string":
        return value
    own = Key(file, value)
    key = own if symbols.constant(own) is not None else symbols.resolve(file, value)
    return symbols.constant(key) or str(key)
