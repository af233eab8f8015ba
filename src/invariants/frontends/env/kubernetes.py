"""Kubernetes manifests: what each container is given, by itself, from ConfigMaps and from Secrets; Helm's templates are not YAML."""

import posixpath
from collections.abc import Iterator

from invariants.facts.env import Blind, Entry, Giver, Inclusion, Unresolved
from invariants.frontends.env import manifests, yaml
from invariants.frontends.env.names import is_name
from invariants.frontends.env.text import first
from invariants.frontends.env.values import entry

Fact = Giver | Entry | Inclusion | Blind | Unresolved
TRIGGERS = (b"env", b"ConfigMap", b"Secret", b"configMapGenerator", b"secretGenerator")
CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
REMEDY = "Name a rendered manifest as the target's file."


def read(path: str, content: bytes) -> Iterator[Fact]:
    """The facts of one file."""
    if b"kind:" in content and any(word in content for word in TRIGGERS):
        yield from manifests.facts(path, content, "manifest", _document, _template if b"{{" in content else _malformed)


def _template(path: str, error: yaml.Broken) -> Iterator[Blind]:
    yield Blind(first(path, error.line), "", "it is a template, which Helm fills in", REMEDY)


def _malformed(path: str, error: yaml.Broken) -> Iterator[Blind]:
    yield Blind(first(path, error.line), "", f"it is no YAML: {error}", REMEDY)


def _document(path: str, document: yaml.Node) -> Iterator[Fact]:
    what = yaml.text(yaml.get(document, "kind")) or ""
    scope = f"{what}/{yaml.text(yaml.get(document, 'metadata', 'name')) or ''}"
    if what == "List":
        for each in yaml.items(yaml.get(document, "items")):
            yield from _document(path, each)
    elif what == "ConfigMap":
        yield from _data(path, scope, yaml.get(document, "data"))
    elif what == "Secret":
        yield from _data(path, scope, yaml.get(document, "stringData"))
        yield from _withheld(path, scope, yaml.get(document, "data"))
    elif what == "SealedSecret":
        yield from _withheld(path, f"Secret/{scope.partition('/')[2]}", yaml.get(document, "spec", "encryptedData"))
    elif what == "ExternalSecret":
        yield from _external(path, document)
    elif what == "Kustomization":
        yield from _generated(path, document)
    else:
        yield from _containers(path, document)


def _data(path: str, scope: str, node: yaml.Node | None) -> Iterator[Entry]:
    for key, value in yaml.pairs(node):
        if is_name(key.text):
            yield entry(yaml.place(path, key.node), scope, key.text, yaml.text(value))


def _withheld(path: str, scope: str, node: yaml.Node | None) -> Iterator[Entry]:
    """Names whose values are encoded or encrypted."""
    for key, _ in yaml.pairs(node):
        if is_name(key.text):
            yield entry(yaml.place(path, key.node), scope, key.text, None, absent="hidden")


def _external(path: str, document: yaml.Node) -> Iterator[Entry | Blind]:
    """The Secret that an operator makes of what is kept elsewhere."""
    name = yaml.text(yaml.get(document, "spec", "target", "name")) or yaml.text(yaml.get(document, "metadata", "name")) or ""
    for item in yaml.items(yaml.get(document, "spec", "data")):
        key = yaml.get(item, "secretKey")
        if key is not None and is_name(yaml.text(key) or ""):
            yield entry(yaml.place(path, key), f"Secret/{name}", yaml.text(key) or "", None, absent="reference")
    if whole := yaml.get(document, "spec", "dataFrom"):
        yield Blind(yaml.place(path, whole), f"Secret/{name}", "which names come from elsewhere is not said", "List them in spec.data.")


def _generated(path: str, document: yaml.Node) -> Iterator[Entry | Inclusion]:
    """ConfigMaps and Secrets that kustomize makes of literals and of files."""
    for word, what in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
        for item in yaml.items(yaml.get(document, word)):
            scope = f"{what}/{yaml.text(yaml.get(item, 'name')) or ''}"
            for literal in yaml.items(yaml.get(item, "literals")):
                name, _, value = (yaml.text(literal) or "").partition("=")
                if is_name(name):
                    yield entry(yaml.place(path, literal), scope, name, value)
            for file in yaml.items(yaml.get(item, "envs")):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), yaml.text(file) or ""))
                yield Inclusion(yaml.place(path, file), scope, target, "", "", False)


def _containers(path: str, document: yaml.Node) -> Iterator[Fact]:
    """The containers of whatever holds a pod, however deep."""
    todo, seen = [document], set()
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        todo += yaml.items(node)
        for key, value in yaml.pairs(node):
            if key.text in CONTAINERS:
                for container in yaml.items(value):
                    yield from _container(path, container)
            else:
                todo.append(value)


def _container(path: str, container: yaml.Node) -> Iterator[Fact]:
    scope = yaml.text(yaml.get(container, "name")) or ""
    for item in yaml.items(yaml.get(container, "env")):
        name = yaml.get(item, "name")
        if name is None or not is_name(yaml.text(name) or ""):
            yield Blind(yaml.place(path, item), scope, "it has no name", "Name the variable.")
            continue
        written = None if yaml.get(item, "valueFrom") else yaml.text(yaml.get(item, "value")) or ""
        yield entry(yaml.place(path, name), scope, yaml.text(name) or "", written, absent="reference")
    for item in yaml.items(yaml.get(container, "envFrom")):
        for word, what in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if (source := yaml.get(item, word)) is not None:
                other = f"{what}/{yaml.text(yaml.get(source, 'name')) or ''}"
                prefix = yaml.text(yaml.get(item, "prefix")) or ""
                yield Inclusion(yaml.place(path, source), scope, "", other, prefix, yaml.text(yaml.get(source, "optional")) == "true")
