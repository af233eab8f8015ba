"""A manifest of environment variables: a first one from what a repository reads and declares, and the examples that follow from one."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from invariants import dotenv
from invariants.frontends.env.names import sounds_secret
from invariants.settings.manifest import Env, Variable
from invariants.store import Store

PUBLIC = re.compile(
    r"^(?:NEXT_PUBLIC|VITE|PUBLIC|REACT_APP|EXPO_PUBLIC|GATSBY|VUE_APP|NUXT_PUBLIC|NUXT_ENV|REDWOOD_ENV|SANITY_STUDIO|STORYBOOK|PLASMO_PUBLIC)_"
)
PLATFORM = re.compile(
    r"^(?:NODE_ENV|CI|VERCEL|NETLIFY|RENDER|DYNO|VITEST|NEXT_RUNTIME|(?:VERCEL|GITHUB|RUNNER|GITLAB|CIRCLE|BUILDKITE|RENDER|FLY|RAILWAY|"
    r"HEROKU|KUBERNETES|AWS_LAMBDA|ECS_CONTAINER|VITEST|JEST)_\w+)$"
)
"""What hosts, runners and test tools set themselves."""
HEAD = """\
# Every environment variable, and where it has to be. A first draft, from what code reads and examples declare: look at each kind.
"""
ORDER = ("secret", "config", "public", "platform")


class Drafted(NamedTuple):
    """A variable as the repository shows it."""

    name: str
    kind: str
    targets: tuple[str, ...]
    """The examples that have it."""
    about: str


def draft(store: Store, *, has_examples: bool = True) -> str:
    """The text of a first ``env.toml``: with it every read is declared, and every example has what it asks; or of what is read alone."""
    targets = _targets(store) if has_examples else {}
    lines = [HEAD]
    if accessors := _column(store, "select accessor from env_unresolved where accessor <> '' union select name from env_accessor"):
        lines.append(f"accessors = {json.dumps(accessors)}\n")
    for name, path in targets.items():
        lines.append(f'[targets.{_key(name)}]\nfile = {_string(path)}\nformat = "dotenv"\nlocal = true\n')
    lines += ["".join(_entry(each, targets)) for each in _variables(store, targets)]
    return "\n".join(lines)


def read(store: Store) -> list[str]:
    """The variables that are read, and that nobody else sees to."""
    return _column(
        store,
        "select distinct r.name from variable_read as r where not (r.medium = 'image' and r.is_defaulted) "
        "and not exists (select 1 from provided_name as p where r.name glob p.pattern)",
    )


def example(manifest: Env, target: str, text: str) -> str:
    """An example file with a line for each variable that the manifest asks of it and that it does not have; nothing else is touched."""
    known = dotenv.values(text).keys() | set(re.findall(r"^\s*#\s*([A-Za-z_]\w*)=", text, re.MULTILINE))
    added = [line for name, each in manifest.variables.items() if name not in known for line in _lines(name, each, target, manifest)]
    return joined(text, "\n".join(added) + "\n" if added else "")


def entries(store: Store, names: Collection[str]) -> str:
    """Entries for variables that a manifest lacks: required where they are given already."""
    targets = {name: name for name in _column(store, "select name from env_target")}
    having: dict[str, set[str]] = defaultdict(set)
    for name, target in store.ask("select name, target from target_entry")[1]:
        having[name].add(target)
    said = _said(store)
    found = [Drafted(name, _kind(name, said), tuple(sorted(having[name])), said.get(name, (None, ""))[1]) for name in sorted(names)]
    return "\n".join("".join(_entry(each, targets)) for each in found)


def joined(text: str, added: str) -> str:
    """A text with another below it, its lines ended as the text's own are."""
    if not added:
        return text
    whole = (text.rstrip("\r\n") + "\n\n" if text.strip() else "") + added
    return whole.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in text else whole


def _lines(name: str, variable: Variable, target: str, manifest: Env) -> Iterator[str]:
    everywhere = [] if variable.kind == "platform" else list(manifest.targets)
    is_required = target in (everywhere if variable.required is None else variable.required) and target not in variable.optional
    if is_required or target in variable.optional:
        yield from (f"# {line}" for line in (variable.description or "").splitlines())
        yield f"{'' if is_required else '# '}{name}={_value(variable.example or '')}"


def _value(text: str) -> str:
    """As a dotenv file writes it."""
    return text if re.fullmatch(r"[\w./:@?&=,+-]*", text) else "'" + text.replace("'", "\\'") + "'"


def _targets(store: Store) -> dict[str, str]:
    """The examples, by what a manifest may call them: ``local`` at the root, else the folder."""
    found: dict[str, str] = {}
    for path in _column(store, "select path from env_dotenv where is_example"):
        folder, _, name = path.rpartition("/")
        wanted = folder or ("local" if name in {".env.example", ".env.sample", ".env.template", ".env.schema"} else name.strip("."))
        found[wanted if wanted not in found else path] = path
    return found


def _variables(store: Store, targets: dict[str, str]) -> list[Drafted]:
    """What is read, and what the examples have."""
    having: dict[str, set[str]] = defaultdict(set)
    for name, file in store.ask("select name, file from env_entry")[1]:
        having[name] |= {target for target, path in targets.items() if path == file}
    said = _said(store)
    names = {*read(store), *(name for name, own in having.items() if own)}
    found = [Drafted(name, _kind(name, said), tuple(sorted(having[name])), said.get(name, (None, ""))[1]) for name in sorted(names)]
    return sorted(found, key=lambda each: (ORDER.index(each.kind), each.name))


def _said(store: Store) -> dict[str, tuple[str | None, str]]:
    """The kind and the description of each variable, as schemas and examples declare them."""
    said: dict[str, tuple[str | None, str]] = {}
    for name, kind, about in store.ask("select name, kind, about from env_declaration order by origin, kind, about")[1]:
        before = said.get(name, (None, ""))
        said[name] = before[0] or kind, before[1] or about
    return said


def _kind(name: str, said: dict[str, tuple[str | None, str]]) -> str:
    if PLATFORM.match(name):
        return "platform"
    if PUBLIC.match(name):
        return "public"
    return said.get(name, (None, ""))[0] or ("secret" if sounds_secret(name) else "config")


def _entry(variable: Drafted, targets: dict[str, str]) -> Iterator[str]:
    """Its stanza; ``required`` is left out where every target has it."""
    yield f"[variables.{variable.name}]\nkind = {_string(variable.kind)}\n"
    if targets and set(variable.targets) != set(targets):
        key = "optional" if variable.kind == "platform" else "required"
        if variable.kind != "platform" or variable.targets:
            yield f"{key} = {json.dumps(list(variable.targets))}\n"
    if variable.about:
        yield f"description = {_string(variable.about)}\n"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name) else _string(name)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _column(store: Store, query: str) -> list[Any]:
    return sorted(value for (value,) in store.ask(query)[1])
