"""Middleware of TypeScript's that asks for paths: what is said of a branch holds however whoever asks writes the path of a route."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontends.typescript.test_patterns import asks
from invariants.facts.place import Place
from invariants.facts.web import PathTest
from invariants.replay.web.addressing import SPELLED
from invariants.replay.web.corpus import Corpus, File, Inside
from invariants.replay.web.locating import RELATIVE, WAYS, Located, Request
from invariants.replay.web.modules import Modules
from invariants.replay.web.symbols import Symbols
from replay.web.routing import enforcement, routes

FRAMEWORKS = sorted({each.partition(" ")[0] for each in WAYS})
PARTS = st.sampled_from(("a", "ab", "B", "{id}"))
PATHS = st.lists(PARTS, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
SAID = st.sampled_from(("/", "/a", "/ab", "/A", "/a/", "/a/ab", "a", "/b", "/x", "/ab/", "/a?"))
FILLED = st.sampled_from(("a", "x", "B", "ab"))


def ways(framework: str, subject: str) -> str:
    return (WAYS.get(f"{framework} sent") if subject != "path" else None) or WAYS[framework]


@st.composite
def requests(draw: st.DrawFn, path: str, framework: str, subject: str) -> str:
    """What a function of a framework is handed of a request that a route answers."""
    said = ways(framework, subject)
    written = "/".join(draw(FILLED) if part.startswith("{") else part for part in path.split("/"))
    if "case" in said:
        written = draw(st.sampled_from((written, written.upper(), written.swapcase())))
    if "slash" in said:
        written += draw(st.sampled_from(("", "/")))
    if "escape" in said and draw(st.booleans()):
        written = "".join(each if each == "/" or draw(st.booleans()) else f"%{ord(each):x}" for each in written)
    return written + (draw(st.sampled_from(("", "?", "?x=/a", "?/x"))) if subject in {"url", "original"} else "")


def is_so(test: PathTest, written: str) -> bool:
    """What JavaScript says of a path."""
    written = written.lower() if test.folded else written
    return asks(test.how, written, test.value) != test.negated


@st.composite
def conditions(draw: st.DrawFn, path: str) -> PathTest:
    """A condition that asks for a path, or for something like it."""
    start, end = sorted(draw(st.tuples(st.integers(0, len(path)), st.integers(0, len(path)))))
    text = (
        draw(st.sampled_from((path, path[start:], path[:end], path[start:end], f"{path}/", f"{path}?")))
        if draw(st.booleans())
        else draw(SAID)
    )
    subject, how = draw(st.sampled_from(("path", "sent", "url", "original"))), draw(st.sampled_from(("starts", "ends", "is", "holds")))
    at = Place("app.ts", 1, 1, 1, 1)
    return PathTest(at, "guard", 0, draw(st.booleans()), subject, how, draw(st.booleans()), True, "text", text, "")  # type: ignore[arg-type]


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from(FRAMEWORKS), PATHS)
def test_what_is_said_of_a_branch_holds_for_every_request(data: st.DataObject, framework: str, path: str) -> None:
    test = data.draw(conditions(path))
    own = File([test], lambda name: Inside(None))
    corpus = Corpus({"app.ts": ""}, lambda path: [])
    said = Located(corpus, own, Symbols(corpus, Modules(corpus.paths, {})), Request(framework, path, "", True)).told([test])
    for _ in range(4 if said is not None else 0):
        assert said == is_so(test, data.draw(requests(path, framework, test.subject)))


GUARD = """
import Koa from 'koa';
import Router from '@koa/router';
const app = new Koa();
const guard = async (ctx, next) => { if (!ctx.session.user) ctx.throw(401); await next(); };
const router = new Router({ prefix: '/rows' });
router.use(guard);
router.get('/all', (ctx) => { ctx.body = 'in'; });
app.use(router.routes());
"""
VERSIONS = [("@koa/router", "^12.0.1", "enforced"), ("@koa/router", "13", "enforced"), ("koa-router", "~13.0.0", "enforced")]
VERSIONS += [
    ("@koa/router", "^14.0.0", "unverified"),
    ("@koa/router", "15.7.0", "unverified"),
    ("@koa/router", "latest", "unverified"),
    ("@koa/router", ">=10", "unverified"),
]


@pytest.mark.parametrize(("name", "version", "verdict"), VERSIONS)
def test_a_guard_on_a_prefix_of_koa_is_missed_by_capitals_since_14(name: str, version: str, verdict: str) -> None:
    manifest = f'{{"dependencies": {{"{name}": "{version}"}}}}'
    assert enforcement({"app.ts": GUARD}, manifests={"package.json": manifest}) == {"GET /rows/all": verdict}


BEFORE = """
import express from 'express';
const app = express();
app.use((req, res, next) => {
  if (req.path.startsWith('/rows') && !req.session.user) return res.sendStatus(401);
  next();
});
app.get('/rows', (req, res) => res.json({}));
"""


def test_it_is_said_that_a_path_may_be_written_otherwise() -> None:
    (route,) = routes({"app.ts": BEFORE})
    assert (route.enforcement, SPELLED.reason in route.reason) == ("unverified", True)


def test_frameworks_that_hand_on_parts_of_paths_are_among_those_that_were_asked() -> None:
    assert set(FRAMEWORKS) >= RELATIVE
