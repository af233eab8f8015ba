"""JavaScript and TypeScript: what is read of ``process.env``, ``import.meta.env``, Deno, Bun, and the modules of frameworks."""

import re
from collections.abc import Iterator, Sequence

from invariants.facts.env import Blind, Declaration, Door, Read, Taker, Unresolved
from invariants.frontends.env.text import LARGEST, unread

Fact = Read | Unresolved | Taker | Declaration | Door | Blind
TRIGGERS = re.compile(
    rb"process\s*(?:\?\.|\.|\[)\s*['\"]?env\b|import\.meta\.env|Deno\.env|Bun\.env|\$env/|astro:env|cloudflare:workers|createEnv|cleanEnv|parseEnv|loadEnv"
    rb"|@nestjs/config|start/env|adonisjs/core/env|Core/Env|['\"](?:node:)?process['\"]|runtimeConfig|envPrefix|EnvironmentPlugin|ProcessEnv"
)


def read(path: str, content: bytes, accessors: Sequence[str] = ()) -> Iterator[Fact]:
    """The facts of one file."""
    tails = [re.split(r"[./]", each)[-1] for each in accessors]
    if not TRIGGERS.search(content) and not any(each.encode() in content for each in tails):
        return
    if len(content) > LARGEST:
        yield from unread(path, "it is too large for source code", "Leave it out, with `exclude` in .invariants/env.toml.")
        return
    from invariants.frontends.env.jsreader import facts

    try:
        yield from facts(path, content, tails)
    except RecursionError:
        yield from unread(path, "it is nested too deep", "Leave it out, with `exclude` in .invariants/env.toml.")
