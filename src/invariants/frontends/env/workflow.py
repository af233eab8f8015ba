"""GitHub workflows and actions: the secrets and variables that they read, what their jobs are given, what their scripts expand."""

import re
from collections.abc import Iterator

from invariants.facts.env import Blind, Entry, Giver, Read, Unresolved
from invariants.facts.place import Place
from invariants.frontends.env import manifests, shell, yaml
from invariants.frontends.env.names import is_name
from invariants.frontends.env.values import entry

Fact = Giver | Entry | Read | Blind | Unresolved
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
NAMED = re.compile(r"\b(?:secrets|vars)\.([A-Za-z_]\w*)(\s*\|\|)?|\b(?:secrets|vars)\[\s*'([A-Za-z_]\w*)'\s*\](\s*\|\|)?")
ANY = re.compile(r"\b(secrets|vars)\[\s*(?!')|\btojson\(\s*(secrets|vars)\s*\)", re.IGNORECASE)
TO_ENV = re.compile(r"([A-Za-z_]\w*)=[^\n]*GITHUB_ENV")
AUTOMATIC = "GITHUB_TOKEN"


def read(path: str, content: bytes) -> Iterator[Fact]:
    """The facts of one file."""
    yield from manifests.facts(path, content, "workflow", _document)


def _document(path: str, document: yaml.Node) -> Iterator[Fact]:
    entries = list(_entries(path, document))
    yield from entries
    own = {each.name for each in entries} | {name for _, each in yaml.scalars(document) for name in TO_ENV.findall(each.text)}
    for key, scalar in yaml.scalars(document):
        yield from _expressions(path, key, scalar)
        if key == "run":
            yield from _script(path, scalar, own)


def _entries(path: str, document: yaml.Node) -> Iterator[Entry]:
    """What every job is given, and what each is, by itself or in one of its steps."""
    yield from _given(path, "", yaml.get(document, "env"))
    for step in yaml.items(yaml.get(document, "runs", "steps")):
        yield from _given(path, "", yaml.get(step, "env"))
    for job, body in yaml.pairs(yaml.get(document, "jobs")):
        yield from _given(path, job.text, yaml.get(body, "env"))
        for step in yaml.items(yaml.get(body, "steps")):
            yield from _given(path, job.text, yaml.get(step, "env"))


def _given(path: str, job: str, node: yaml.Node | None) -> Iterator[Entry]:
    for key, value in yaml.pairs(node):
        if is_name(key.text):
            yield entry(yaml.place(path, key.node), job, key.text, yaml.text(value))


def _expressions(path: str, key: str, scalar: yaml.Scalar) -> Iterator[Read | Unresolved]:
    texts = EXPRESSION.findall(scalar.text) or ([scalar.text] if key == "if" else [])
    for text in texts:
        for match in NAMED.finditer(text):
            name = match[1] or match[3]
            if name.upper() != AUTOMATIC:
                yield Read(_at(path, scalar, name), name, "server", "workflow", bool(match[2] or match[4]))
        if anything := ANY.search(text):
            said = f"which of the {anything[1] or anything[2]} is read is decided when the workflow runs"
            yield Unresolved(yaml.place(path, scalar.node), "", "", said, "Name each of them.")


def _script(path: str, scalar: yaml.Scalar, own: set[str]) -> Iterator[Read]:
    for each in shell.expansions(EXPRESSION.sub("", scalar.text), own):
        yield Read(_at(path, scalar, each.name), each.name, "server", "shell", each.is_defaulted)


def _at(path: str, scalar: yaml.Scalar, name: str) -> Place:
    """The line of a block that a name stands in; of any other scalar, its own."""
    if scalar.node.style not in {"|", ">"}:
        return yaml.place(path, scalar.node)
    before = scalar.text[: max(scalar.text.find(name), 0)]
    line = scalar.node.start_mark.line + 2 + (before.count("\n") if scalar.node.style == "|" else 0)
    return Place(path, line, 1, line, 1)
