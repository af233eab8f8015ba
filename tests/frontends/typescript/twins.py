"""Small applications in fixtures/routes/twins, and what comes in to each of their routes without credentials."""

import json
from pathlib import Path

TWINS = Path(__file__).parents[3] / "fixtures" / "routes" / "twins"
FRAMEWORKS = ("express", "fastify", "hono", "koa", "nest", "trpc")


def twins() -> dict[str, dict[str, str]]:
    """Each twin's routes: whether the handler runs without credentials (in), with made-up ones (made up), or with neither (out)."""
    found = sorted(path for framework in FRAMEWORKS for path in (TWINS / framework).glob("*/truth.json"))
    return {f"{path.parent.parent.name}/{path.parent.name}": json.loads(path.read_text(encoding="utf-8")) for path in found}
