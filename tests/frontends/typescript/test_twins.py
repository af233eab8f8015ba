"""The truth about the twins is what Express, Fastify, Hono, Koa, NestJS and tRPC do, each started on loopback and asked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from frontends.typescript.twins import FRAMEWORKS, TWINS, twins

MODULES = Path(sys.prefix) / "npm" / "node_modules"


@pytest.fixture(scope="module")
def modules() -> Path:
    """Where ``scripts/test`` installs the frameworks."""
    if not all((MODULES / each).exists() for each in ("@nestjs/passport", "jsonwebtoken", "@fastify/jwt", "koa-jwt")):
        pytest.skip("the frameworks that scripts/test installs from npm are not installed")
    return MODULES


def test_what_comes_in_is_what_the_frameworks_let_in(modules: Path) -> None:
    wanted = {twin: list(truth) for twin, truth in twins().items()}
    told = subprocess.run(
        ["node", Path(__file__).with_name("ask.mjs"), TWINS],
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
        env={**os.environ, "NODE_PATH": str(modules)},
    )
    assert json.loads(told.stdout.splitlines()[-1]) == twins()


def test_each_framework_has_twins_of_both_kinds() -> None:
    told = twins()
    for framework in FRAMEWORKS:
        answers = {answer for twin, routes in told.items() if twin.startswith(framework) for answer in routes.values()}
        assert answers >= {"in", "out"}
        assert sum(twin.startswith(framework) for twin in told) >= 10
