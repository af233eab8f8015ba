"""Which files read or give environment variables, by their names, and how each is read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

SKIPPED = re.compile(
    r"(?:^|/)(?:node_modules|bower_components|vendor|third_party|site-packages|\.yarn)/|(?:^|/)\.pnp\.|\.min\.[cm]?js$|\.d\.[cm]?ts$"
)
"""What others wrote; what git ignores is not there anyway."""
DOTENV = re.compile(
    r"(?:^|/)(?:\.env(?:\.[\w-]+)*|\.dev\.vars(?:\.[\w-]+)*|[\w.-]+\.env(?:\.[\w-]+)*|(?:env|dotenv)[.-](?:example|sample|template|dist))$"
)
CODE_OF_DOTENV = re.compile(
    r"\.env(?:\.[\w-]+)*\.(?:[cm]?[jt]sx?|py|rs|go|rb|md|mdx|json|ya?ml|toml|sh|bash|lock|vault|txt|html|svelte|vue|css|sql|nix|hcl|tf|php|java|kt)$"
)
COMPOSE = re.compile(r"(?:^|/)(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$")
WORKFLOW = re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$|(?:^|/)action\.ya?ml$")
DOCKERFILE = re.compile(r"(?:^|/)(?:[\w.-]+\.)?(?:Dockerfile|Containerfile)(?:[.-][\w.-]+)?$", re.IGNORECASE)
NGINX = re.compile(r"(?:^|/)nginx[^/]*\.conf(?:\.\w+)?$|\.conf\.template$|(?:^|/)[^/]*nginx[^/]*/[^/]+\.(?:conf|template)$")
TELLING = ("env", "vars", "compose", "workflows", "action", "docker", "container", "nginx", ".conf")
"""What stands in every path that one of these tells of, so that most paths are not searched for them."""
NAMED = {
    ".gitignore": "ignore",
    "fly.toml": "fly",
    "render.yaml": "render",
    "vercel.json": "vercel",
    "Caddyfile": "caddy",
    "index.html": "html",
}
ENDINGS = {
    "py": "python",
    "rs": "rust",
    "prisma": "prisma",
    "sh": "shell",
    "bash": "shell",
    "envrc": "shell",
    "caddyfile": "caddy",
    "yml": "kubernetes",
    "yaml": "kubernetes",
    **dict.fromkeys(("ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"), "javascript"),
    **dict.fromkeys(("vue", "svelte", "astro"), "components"),
}
FORMATS = {
    "dotenv": "dotenv",
    "compose": "compose",
    "workflow": "workflow",
    "kubernetes": "kubernetes",
    "fly.toml": "fly",
    "render.yaml": "render",
    "vercel.json": "vercel",
}
"""How the file of a target is read, by the format that the manifest calls it; every other format is a platform's snapshot."""
CODE_OF_BROWSERS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte")
"""Endings of code that browsers may load."""
LOADERS = frozenset({"javascript", "components"})
"""The languages in which a file says what browsers load with it."""
READERS = frozenset({"python", "javascript", "components", "rust"})
"""The languages that have functions, and so accessors."""


def read_by(paths: Iterable[str], targets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each file that may matter, and what it is read by; ``targets`` are the formats of the files that the manifest names."""
    for path in paths:
        if path in targets:
            yield path, FORMATS.get(targets[path], "snapshot")
        elif reader := _reader(path):
            yield path, reader


@cache
def _reader(path: str) -> str:
    reader = _named(path)
    return reader if reader and not SKIPPED.search(path) else ""


def _named(path: str) -> str:
    """What a file is read by, if others did not write it."""
    name = path.rpartition("/")[2]
    if name in NAMED:
        return NAMED[name]
    lowered = path.lower()
    told = _told(path) if any(word in lowered for word in TELLING) else ""
    return told or ENDINGS.get(name.rpartition(".")[2], "")


def _told(path: str) -> str:
    """What a file is read by whose whole path tells it."""
    if DOTENV.search(path) and not CODE_OF_DOTENV.search(path):
        return "dotenv"
    for pattern, reader in ((COMPOSE, "compose"), (WORKFLOW, "workflow"), (DOCKERFILE, "dockerfile"), (NGINX, "nginx")):
        if pattern.search(path):
            return reader
    return ""
