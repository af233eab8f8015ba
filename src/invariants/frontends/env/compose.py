"""Compose files: what each service is given, and what they read themselves where they are interpolated."""

import posixpath
import re
from collections.abc import Iterator

from invariants.facts.env import Blind, Entry, Giver, Inclusion, Read, Unresolved
from invariants.frontends.env import manifests, yaml
from invariants.frontends.env.names import is_name
from invariants.frontends.env.values import entry

Fact = Giver | Entry | Read | Inclusion | Blind | Unresolved
INTERPOLATED = re.compile(r"\$(?:\$|(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?P<form>:?[-?+])?)")
"""``$V ${V} ${V:-d} ${V-d} ${V:?e} ${V?e} ${V:+r} ${V+r}``, nested ones too; ``$$`` is a dollar (docs.docker.com, interpolation)."""


def read(path: str, content: bytes) -> Iterator[Fact]:
    """The facts of one file."""
    yield from manifests.facts(path, content, "compose file", _document)


def _document(path: str, document: yaml.Node) -> Iterator[Fact]:
    yield from _interpolated(path, document)
    for service, body in yaml.pairs(yaml.get(document, "services")):
        yield from _service(path, service.text, body)


def _interpolated(path: str, document: yaml.Node) -> Iterator[Read]:
    for _, scalar in yaml.scalars(document):
        if "$" in scalar.text:
            for match in INTERPOLATED.finditer(scalar.text):
                name = match["plain"] or match["name"]
                if name:
                    yield Read(
                        yaml.place(path, scalar.node),
                        name,
                        "server",
                        "compose",
                        "-" in (match["form"] or "") or "+" in (match["form"] or ""),
                    )


def _service(path: str, service: str, body: yaml.Node) -> Iterator[Fact]:
    for name, value, node in _assigned(yaml.get(body, "environment")):
        at = yaml.place(path, node)
        if is_name(name):
            yield entry(at, service, name, value, absent="reference")
            if value is None:
                yield Read(at, name, "server", "compose", False)
    for name, value, node in _assigned(yaml.get(body, "build", "args")):
        if value is None and is_name(name):
            yield Read(yaml.place(path, node), name, "server", "compose", False)
    yield from _files(path, service, yaml.get(body, "env_file"))
    yield from _extended(path, service, yaml.get(body, "extends"))


def _assigned(node: yaml.Node | None) -> Iterator[tuple[str, str | None, yaml.Node]]:
    """Names with their values, from a mapping or a list; a name alone passes on what the caller has."""
    for key, given in yaml.pairs(node):
        yield key.text, yaml.text(given), key.node
    for item in yaml.items(node):
        written = yaml.text(item)
        if written is not None:
            name, mark, value = written.partition("=")
            yield name.strip(), value if mark else None, item


def _files(path: str, service: str, node: yaml.Node | None) -> Iterator[Inclusion | Blind]:
    for each in yaml.items(node) or ([node] if node is not None else []):
        written = yaml.text(each) or yaml.text(yaml.get(each, "path"))
        at = yaml.place(path, each)
        if written is None or "$" in written:
            yield Blind(at, service, "which env_file it is cannot be told", "Name the file.")
        else:
            yield Inclusion(at, service, _beside(path, written), "", "", yaml.text(yaml.get(each, "required")) == "false")


def _extended(path: str, service: str, node: yaml.Node | None) -> Iterator[Inclusion]:
    other = yaml.text(node) or yaml.text(yaml.get(node, "service"))
    if node is not None and other:
        file = yaml.text(yaml.get(node, "file"))
        yield Inclusion(yaml.place(path, node), service, _beside(path, file) if file else path, other, "", False)


def _beside(path: str, file: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
