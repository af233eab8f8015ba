"""Which frameworks serve the application, by the manifests of its packages."""

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from invariants.initial.repository import Repository
from invariants.initial.values import Notice, some
from invariants.layouts.folders import is_aside

TOPIC = "frameworks"
NODE = {
    "next": "Next.js",
    "@trpc/server": "tRPC",
    "express": "Express",
    "fastify": "Fastify",
    "hono": "Hono",
    "@nestjs/core": "NestJS",
    "@remix-run/node": "Remix",
    "@remix-run/server-runtime": "Remix",
    "@react-router/node": "React Router",
    "@sveltejs/kit": "SvelteKit",
    "koa": "Koa",
    "nuxt": "Nuxt",
    "astro": "Astro",
}
PYTHON = {
    "fastapi": "FastAPI",
    "starlette": "Starlette",
    "flask": "Flask",
    "django": "Django",
    "djangorestframework": "Django REST framework",
    "django-ninja": "Django Ninja",
    "litestar": "Litestar",
    "sanic": "Sanic",
}
RUST = {"axum": "axum", "actix-web": "Actix Web", "rocket": "Rocket", "poem": "poem", "warp": "warp"}
DOTNET = re.compile(r"""Sdk\s*=\s*["']Microsoft\.NET\.Sdk\.Web["']|Include\s*=\s*["']Microsoft\.AspNetCore\.App["']""")
"""What a project in C# says that is one of ASP.NET Core."""
TEMPLATE = re.compile(r"(?:^|/)templates?/")
"""What other projects are made from."""
REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)")
REQUIREMENTS = re.compile(r"(?:^|/)(?:requirements(?:[._-][\w.-]+)?\.(?:txt|in)|requirements/[\w.-]+\.(?:txt|in))$")


def notices(repository: Repository) -> Iterator[Notice]:
    """The frameworks, each with the manifests that depend on it; and the manifests that say nothing."""
    found: dict[str, list[str]] = defaultdict(list)
    manifests = [path for path in _manifests(repository) if not (is_aside(path.rpartition("/")[0]) or TEMPLATE.search(path))]
    for path in manifests:
        try:
            for name in _named(path, repository.said(path)):
                found[name].append(path)
        except (ValueError, RecursionError, AttributeError, TypeError):
            yield Notice(TOPIC, f"{path} cannot be read as what its name says: mend it", is_known=False)
    for name, paths in sorted(found.items()):
        yield Notice(TOPIC, f"{name}, by {some(paths)}")
    if not found:
        seen = f"no framework that is known here is in {some(manifests)}" if manifests else "there is no manifest of packages"
        yield Notice(TOPIC, seen, is_known=False)


def _manifests(repository: Repository) -> list[str]:
    projects = sorted(path for path in repository.paths if path.endswith(".csproj"))
    return [*repository.named("package.json", "pyproject.toml", "Cargo.toml"), *projects, *filter(REQUIREMENTS.search, repository.paths)]


def _named(path: str, text: str) -> list[str]:
    """The frameworks that a manifest depends on, each once."""
    name = path.rpartition("/")[2]
    if name == "package.json":
        return _known(_node(json.loads(text)), NODE)
    if name.endswith(".csproj"):
        return ["ASP.NET Core"] if DOTNET.search(text) else []
    if name == "Cargo.toml":
        return _known(_rust(tomllib.loads(text)), RUST)
    return _known(_requirements(_python(tomllib.loads(text)) if name == "pyproject.toml" else text.split("\n")), PYTHON)


def _known(names: Iterable[str], known: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(known[each] for each in names if each in known))


def _node(document: Mapping[str, Any]) -> list[str]:
    """What it needs to run: what it is tested or built with serves nobody."""
    return [*document.get("dependencies", {}), *document.get("peerDependencies", {})]


def _rust(document: Mapping[str, Any]) -> list[str]:
    return [*document.get("dependencies", {}), *document.get("workspace", {}).get("dependencies", {})]


def _python(document: Mapping[str, Any]) -> list[str]:
    project = document.get("project", {})
    poetry = document.get("tool", {}).get("poetry", {}).get("dependencies", {})
    optional = [each for extra in project.get("optional-dependencies", {}).values() for each in extra]
    return [*project.get("dependencies", []), *optional, *poetry]


def _requirements(lines: Iterable[str]) -> Iterator[str]:
    """The names of requirements, as PyPI writes them (PEP 503)."""
    for line in lines:
        if match := REQUIREMENT.match(line):
            yield re.sub(r"[-_.]+", "-", match[1]).lower()
