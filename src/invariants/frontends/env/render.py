"""``render.yaml``: what each service and each group is given (render.com, Blueprint YAML Reference)."""

from collections.abc import Iterator

from invariants.facts.env import Blind, Entry, Giver, Inclusion, Unresolved
from invariants.frontends.env import manifests, yaml
from invariants.frontends.env.names import is_name
from invariants.frontends.env.values import entry

Fact = Giver | Entry | Inclusion | Blind | Unresolved


def read(path: str, content: bytes) -> Iterator[Fact]:
    """The facts of one file."""
    yield from manifests.facts(path, content, "file of settings", _document)


def _document(path: str, document: yaml.Node) -> Iterator[Fact]:
    projects = yaml.items(yaml.get(document, "projects"))
    for part in [document, *(each for project in projects for each in yaml.items(yaml.get(project, "environments")))]:
        for group in yaml.items(yaml.get(part, "envVarGroups")):
            yield from _variables(path, f"group/{yaml.text(yaml.get(group, 'name')) or ''}", group)
        for service in yaml.items(yaml.get(part, "services")):
            yield from _variables(path, yaml.text(yaml.get(service, "name")) or "", service)


def _variables(path: str, scope: str, node: yaml.Node) -> Iterator[Fact]:
    """value, generateValue, sync: false, fromDatabase, fromService; a group is another scope."""
    for item in yaml.items(yaml.get(node, "envVars")):
        key, group = yaml.get(item, "key"), yaml.get(item, "fromGroup")
        if group is not None:
            yield Inclusion(yaml.place(path, group), scope, path, f"group/{yaml.text(group) or ''}", "", False)
        elif key is not None and is_name(yaml.text(key) or ""):
            name, written = yaml.text(key) or "", yaml.text(yaml.get(item, "value"))
            yield entry(yaml.place(path, key), scope, name, written, absent="reference")
