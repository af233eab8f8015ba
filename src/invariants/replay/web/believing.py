"""Guards that ask whether somebody is known, and what tells them who that is: it may take whoever comes for somebody."""

from collections.abc import Iterator
from functools import cached_property

from invariants.facts.code import Function, Step
from invariants.facts.web import Setting
from invariants.replay.web import postures
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.doors import Door
from invariants.replay.web.folding import Fold
from invariants.replay.web.followed import Followed
from invariants.replay.web.guards import Guard
from invariants.replay.web.lineage import lineage
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.words import reads

OVERRIDE = "override "
"""What begins the name of a dependency in whose place another one is called."""
ANY = "*"
"""Stands for dependencies of which it cannot be told which they are."""
ASKS = "asks "
"""What begins the name of a guard, where a setting says which function tells it who comes."""
AUTHENTICATION = "authentication "
"""What begins the name of a view, where a setting says which classes tell its permissions who comes."""
DEFAULT = "DEFAULT_AUTHENTICATION_CLASSES"
FRAMEWORK = "rest_framework."
PERMISSIONS = "rest_framework.permissions."
ASKED = ("authenticate", "authenticate_credentials")
"""The methods that frameworks ask of a class who comes; the second is what the first of a library hands what it read to."""
PERMISSION = "permission_required"
LOGIN = "django.contrib.auth.middleware.LoginRequiredMiddleware"
REQUIRED = "django.contrib.auth.mixins.PermissionRequiredMixin"
REQUESTS = frozenset("request req conn connection self websocket scope".split())


class Believing:
    """Tells which guards ask in vain."""

    def __init__(self, followed: Followed) -> None:
        self._corpus = followed.corpus
        self._symbols = followed.symbols
        self._walker = followed.walker

    def judged(self, door: Door, guard: Guard) -> Guard:
        """A guard before a route; it cannot be told what one does that something replaces, or that takes anybody for somebody."""
        if guard.effect.state != "rejects":
            return guard
        if (said := self._instead(door, guard)) and not self._turns_away(said):
            return guard._replace(effect=Effect("unverified", f"{said.name} comes in its place"))
        if guard.symbol == LOGIN and any(each.name.startswith(FRAMEWORK) for each in self._above(door) if not each.file):
            return guard._replace(effect=Effect("passes", "views of Django REST framework are not asked"))
        if guard.symbol == REQUIRED and self._asks_nothing(door):
            return guard._replace(effect=Effect("void", "the list of permissions that it asks for is empty"))
        opened = next((each for each in self._told_by(door, guard) if self._is_open(each)), None)
        return guard._replace(effect=Effect("unverified", f"`{opened.name}` takes whoever comes for somebody")) if opened else guard

    def turning(self, door: Door) -> Iterator[Guard]:
        """The class that tells the permissions of a view who comes, where it turns away whoever it does not know.

        It is asked before any other, and before the permissions are.
        """
        above = self._above(door) if door.endpoint.framework in {"django", "rest_framework"} else []
        is_asked = any(each.name.startswith(FRAMEWORK) for each in above if not each.file)
        if not is_asked or any(f"{each.name}.perform_authentication" in self._functions(each) for each in above):
            return
        for each in self._classes(door)[:1]:
            found = self._walker.effect(asking := self._asking(each)) if each.file else None
            if found is not None and found.state == "rejects" and found.throws:
                yield Guard(self._functions(asking)[asking.name].at, str(each), postures.guessed(each.name), found, True, asking)

    def _functions(self, key: Key) -> dict[str, Function]:
        own = self._corpus.get(key.file) if key.file else None
        return own.functions if own is not None else {}

    def _instead(self, door: Door, guard: Guard) -> Key | None:
        """What is called in the place of a guard."""
        return self._overrides.get(guard.symbol) or (self._overrides.get(ANY) if door.endpoint.framework == "fastapi" else None)

    def _turns_away(self, key: Key) -> bool:
        """Whether what is called in the place of a guard is one, too."""
        found = self._walker.effect(key)
        return found is not None and found.state == "rejects"

    def _told_by(self, door: Door, guard: Guard) -> Iterator[Key]:
        """What tells a guard who comes."""
        yield from self._asked.get(guard.symbol, [])
        key = guard.key if guard.key.file else door.handler
        own = self._corpus.get(key.file) if self._asked and key.file else None
        looked = own.inside(key.name).dependences.values() if own else ()
        seen = {each.symbol for found in looked for each in found}
        for name in ("current_user", "request.user"):
            yield from self._asked.get(name, []) if any(each.startswith(name) for each in seen) else ()
        if self._is_permission(guard):
            yield from (self._asking(each) for each in self._classes(door))

    def _asks_nothing(self, door: Door) -> bool:
        """Whether a view asks for no permission: where it is registered, or by its class, the nearest that says it."""
        if made := self._made(door, f"{PERMISSION} as_view"):
            return any(not each.symbol for each in made)
        for each in self._above(door):
            if told := _said(self._corpus.files[each.file], f"{PERMISSION} {each.name}") if each.file else []:
                return not told[0].symbol
        return False

    def _made(self, door: Door, name: str) -> list[Setting]:
        """What is said where a view is registered."""
        here = self._corpus.files[door.file].facts[Setting]
        at = door.endpoint.at
        start, end = (at.line, at.column), (at.end_line, at.end_column)
        return [each for each in here if each.name == name and start <= (each.at.line, each.at.column) < end]

    def _above(self, door: Door) -> list[Key]:
        """The class of a view, and what it stands on."""
        view = door.view or door.handler
        owner = Key(view.file, view.name.rpartition(".")[0])
        return [*lineage(self._corpus, self._symbols, view), *lineage(self._corpus, self._symbols, owner)]

    def _is_permission(self, guard: Guard) -> bool:
        """Whether a guard is a permission of Django REST framework's that asks who comes, or stands on one."""
        return any(each.name.startswith(PERMISSIONS) for each in lineage(self._corpus, self._symbols, guard.key))

    def _classes(self, door: Door) -> list[Key]:
        """The classes that tell the permissions of a view who comes: its own, or those of the settings."""
        if made := self._made(door, f"{AUTHENTICATION}as_view"):
            return [self._symbols.resolve(door.file, one.symbol) for one in made if one.symbol]
        own = [door.handler] if door.endpoint.framework == "rest_framework" else []
        for each in [*own, *self._above(door)]:
            file = self._corpus.get(each.file) if each.file else None
            told = _said(file, f"{AUTHENTICATION}{each.name}") if file else []
            if told:
                return [self._symbols.resolve(each.file, one.symbol) for one in told if one.symbol]
        return self._asked.get(DEFAULT, [])

    def _asking(self, key: Key) -> Key:
        """The method that is asked of a class."""
        found = [self._symbols.resolve(key.file, f"{key.name}.{name}") for name in ASKED] if key.file else [key]
        own = (each for each in found if (file := self._corpus.get(each.file)) is not None and each.name in file.functions)
        return next(own, found[0])

    @cached_property
    def _overrides(self) -> dict[str, Key]:
        """What is called in the place of dependencies, by what they are."""
        told = self._settings(OVERRIDE)
        found = {}
        for path, each in told:
            name, by = each.name.removeprefix(OVERRIDE), self._symbols.resolve(path, each.symbol)
            found[name if name == ANY else str(self._symbols.resolve(path, name))] = by if by.file else Key("", each.symbol)
        return found

    @cached_property
    def _asked(self) -> dict[str, list[Key]]:
        """What tells guards who comes, by what they are."""
        found: dict[str, list[Key]] = {}
        for path, each in self._settings(ASKS):
            key = self._symbols.resolve(path, each.symbol)
            own = self._corpus.get(key.file) if key.file else None
            is_class = own is not None and key.name in own.functions and own.functions[key.name].kind == "class"
            name = each.name.removeprefix(ASKS)
            found.setdefault(name, []).append(self._asking(key) if is_class and name != DEFAULT else key)
        return found

    def _settings(self, start: str) -> list[tuple[str, Setting]]:
        return [(path, each) for path, own in self._corpus.files.items() for each in own.facts[Setting] if each.name.startswith(start)]

    def _is_open(self, key: Key) -> bool:
        """Whether a function that tells who comes names somebody to whoever does, without looking anybody up."""
        own = self._corpus.get(key.file) if key.file else None
        steps = own.steps.get(key.name, []) if own and key.name in own.functions else []
        if own is None or any(_looks_up(each) for each in steps):
            return False
        if any(each.kind == "next" for each in steps):  # it hands on whoever it made somebody of, by what they sent alone
            asked = [own.dependences.get((key.name, each.position), []) for each in steps if each.kind == "branch"]
            return all(each.origin in {"caller", "constant"} for found in asked for each in found)
        found = Fold(self._walker, key, own, steps, is_asked=True).outcomes()
        return any(each.kind == "pass" and each.strength == "open" and each.skip in {"", "caller"} for each in found)


def _said(own: File, name: str) -> list[Setting]:
    return [each for each in own.facts[Setting] if each.name == name]


def _looks_up(step: Step) -> bool:
    """Whether a call may find out who comes; what makes somebody, or reads what was sent, does not."""
    first, _, _ = step.symbol.partition(".")
    last = step.symbol.rpartition(".")[2]
    is_made = last[:1].isupper() or first == "type" or (reads(last) and (first in REQUESTS or not step.symbol.strip(".").count(".")))
    return step.kind == "call" and step.handling != "ignored" and not is_made
