"""JavaScript and TypeScript: what is read of ``process.env``, ``import.meta.env``, Deno, Bun, and the modules of frameworks."""

from collections.abc import Iterable, Iterator, Sequence

from invariants.facts.env import Blind, Declaration, Door, Read, Taker, Unresolved
from invariants.frontends.env import code

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


def matters(content: bytes) -> bool:
    """Whether a file may read or publish a variable by itself; told without parsing it."""
    return (b"process" in content and b"env" in content) or any(word in content for word in TRIGGERS)


def read(path: str, content: bytes, accessors: Sequence[str] = ()) -> Iterator[Fact]:
    """The facts of one file."""

    def found() -> Iterable[Fact]:
        from invariants.frontends.env.jsreader import facts

        return facts(path, content, code.tails(accessors))

    yield from code.facts(path, content, matters(content) or code.calls(content, accessors), found)
