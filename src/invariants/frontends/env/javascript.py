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


SPOKEN = tuple(word for word in TRIGGERS if b"env" in word or b"Env" in word)
"""Those that no file has without one of these two words; most files have neither."""
OTHERS = tuple(word for word in TRIGGERS if word not in SPOKEN)


def matters(content: bytes) -> bool:
    """Whether a file may read or publish a variable by itself; told without parsing it."""
    is_env = b"env" in content
    if is_env and b"process" in content:
        return True
    return any(word in content for word in OTHERS) or ((is_env or b"Env" in content) and any(word in content for word in SPOKEN))


def read(path: str, content: bytes, accessors: Sequence[str] = ()) -> Iterator[Fact]:
    """The facts of one file."""

    def found() -> Iterable[Fact]:
        from invariants.frontends.env.jsreader import facts

        return facts(path, content, code.tails(accessors))

    yield from code.facts(path, content, matters(content) or code.calls(content, accessors), found)
