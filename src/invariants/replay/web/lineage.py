"""Classes of Python, and what they stand on, in whichever file."""

from collections.abc import Iterator, Mapping

from invariants.facts.web import Use
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.libraries import Known
from invariants.replay.web.symbols import Symbols

DEEP = 16
HAS = " has "
"""Between a class and the name of what its objects are given."""


def lineage(corpus: Corpus, symbols: Symbols, key: Key) -> list[Key]:
    """A class and all that it stands on, the nearest first; one of a library has no file."""
    return list(dict.fromkeys(reversed(list(_above(corpus, symbols, key, DEEP)))))[::-1]


def _above(corpus: Corpus, symbols: Symbols, key: Key, depth: int) -> Iterator[Key]:
    own = corpus.get(key.file) if key.file else None
    is_here = own is not None and key.name in own.functions
    yield key if is_here else Key("", key.name)
    for base in sorted(own.bases.get(key.name, []), key=lambda each: each.position) if own and is_here and depth else ():
        yield from _above(corpus, symbols, symbols.resolve(key.file, base.symbol), depth - 1)


def is_late(classes: list[Key], method: Key, known: Mapping[str, Known]) -> bool:
    """Whether a method is that of a class which comes after a guard of a library, among those that a class stands on."""
    owner = method._replace(name=method.name.rpartition(".")[0])
    first = next((each for each in classes if each == owner or str(each) in known), owner)
    return first != owner and not known[str(first)].hook


def is_view(corpus: Corpus, symbols: Symbols, key: Key) -> bool:
    """Whether a class stands on a view of the framework's, before which whatever only comes later has no say."""
    return any(not each.file and each.name.endswith("View") for each in lineage(corpus, symbols, key))


def reached(corpus: Corpus, symbols: Symbols, view: Key, name: str) -> Iterator[Key]:
    """The methods by a name that are called of a view, each by the one before it; none of what comes after a view of the framework's."""
    found = symbols.resolve(view.file, f"{view.name}.{name}")
    if name != "dispatch" or not found.file.endswith(".py"):
        yield found
        return
    for each in lineage(corpus, symbols, view):
        key = each._replace(name=f"{each.name}.{name}")
        own = corpus.get(each.file) if each.file else None
        if own is None and each.name.endswith("View"):
            return
        if own is not None and key.name in own.functions:
            yield key
            if not _hands_up(own, key.name):
                return


def _hands_up(own: File, name: str) -> bool:
    """Whether whoever comes to a method comes to that of the class above it, too, and is answered by that whatever it says."""
    steps = own.steps.get(name, [])
    ends = [each for each in steps if each.kind in {"next", "return"}]
    first = ends[0] if ends and ends[0].kind == "next" and ends[0].parent is None else None
    is_up = first is not None and first.symbol.startswith("super.") and first.handling == "returned"
    return is_up and not any(each.kind in {"branch", "attempt"} for each in steps if each.position > ends[0].position)


def said(corpus: Corpus, classes: list[Key], name: str) -> str | None:
    """What the first of classes says of a name that says something."""
    constants = ((corpus.files[each.file].constants, f"{each.name}.{name}") for each in classes if each.file)
    return next((known[key] for known, key in constants if key in known), None)


def allowed(corpus: Corpus, classes: list[Key], method: str) -> bool:
    """Whether a view answers requests of a method: it may name those that it does (``http_method_names``)."""
    told = said(corpus, classes, "http_method_names")
    return told is None or method == "ANY" or method.lower() in told.split()


def given(corpus: Corpus, symbols: Symbols, key: Key) -> Iterator[tuple[str, Use]]:
    """What the objects of a class are given before a method of theirs is called; the nearest class says it of each name."""
    told: set[str] = set()
    for each in lineage(corpus, symbols, key):
        uses = [use for use in corpus.files[each.file].facts[Use] if use.router.startswith(f"{each.name}{HAS}")] if each.file else []
        yield from ((each.file, use) for use in uses if use.covers == "all" and use.router.partition(HAS)[2] not in told)
        told |= {use.router.partition(HAS)[2] for use in uses}
