"""JavaScript and TypeScript: what is read of ``process.env``, ``import.meta.env``, Deno, Bun, and the modules of frameworks."""

import re
from collections.abc import Iterator, Sequence

from invariants.facts.env import Blind, Declaration, Door, Read, Taker, Unresolved
from invariants.frontends.env.text import LARGEST, unread

Fact = Read | Unresolved | Taker | Declaration | Door | Blind
TRIGGERS = (
    b"import.meta.env",
    b"Deno.env",
    b"Bun.env",
    b"$env/",
    b"astro:env",
    b"cloudflare:workers",
    b"createEnv",
    b"cleanEnv",
    b"parseEnv",
    b"loadEnv",
    b"@nestjs/config",
    b"start/env",
    b"adonisjs/core/env",
    b"Core/Env",
    b"node:process",
    b"runtimeConfig",
    b"envPrefix",
    b"EnvironmentPlugin",
    b"DefinePlugin",
    b"ProcessEnv",
)


def matters(content: bytes, accessors: Sequence[str]) -> bool:
    """Whether a file may read or publish a variable; told without parsing it."""
    if b"process" in content and b"env" in content:
        return True
    return any(word in content for word in (*TRIGGERS, *map(str.encode, _tails(accessors))))


def _tails(accessors: Sequence[str]) -> list[str]:
    return [re.split(r"[./]", each)[-1] for each in accessors]


def read(path: str, content: bytes, accessors: Sequence[str] = ()) -> Iterator[Fact]:
    """The facts of one file."""
    if not matters(content, accessors):
        return
    if len(content) > LARGEST:
        yield from unread(path, "it is too large for source code", "Leave it out, with `exclude` in .invariants/env.toml.")
        return
    from invariants.frontends.env.jsreader import facts

    try:
        yield from facts(path, content, _tails(accessors))
    except RecursionError:
        yield from unread(path, "it is nested too deep", "Leave it out, with `exclude` in .invariants/env.toml.")
