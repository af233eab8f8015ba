"""Repositories and edits at random: what is new is the difference of two whole runs, and no cache changes an answer.

The truth is laid out as plain folders, without git and without a cache. ``INVARIANTS_CHANGES`` says how many repositories to try.
"""

import os
import random
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from differential.files import CODE, CONTENTS, MIGRATIONS, SQL
from invariants.answers import answered
from invariants.check import Options, check
from invariants.finding import ConfigError, Finding, Outcome
from invariants.reports import json as report
from invariants.reports.presentation import Presentation
from repositories import ENVIRONMENT, git, repository, write

CHANGES = int(os.environ.get("INVARIANTS_CHANGES", "12"))
BOUNDED = settings(max_examples=CHANGES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
PROPERTY = settings(BOUNDED, derandomize="CI" in os.environ)


def contents(path: str) -> some.SearchStrategy[str]:
    if path in MIGRATIONS:
        return some.lists(some.sampled_from(SQL), max_size=4).map("".join)
    return some.sampled_from((CONTENTS | CODE)[path])


PATHS = some.sampled_from([*MIGRATIONS, *MIGRATIONS, *CONTENTS, *CODE, *CODE])
WRITING = PATHS.flatmap(lambda path: some.tuples(some.just("write"), some.just(path), contents(path)))
EDITS = some.one_of(
    WRITING,
    WRITING,
    PATHS.flatmap(lambda path: some.tuples(some.just("stage partly"), some.just(path), contents(path))),
    some.tuples(some.sampled_from(["delete", "stage"]), PATHS, some.just("")),
    some.tuples(some.just("rename"), some.sampled_from(MIGRATIONS), some.sampled_from(MIGRATIONS)),
    some.tuples(some.just("rename"), some.sampled_from([*CODE]), some.sampled_from([*CODE])),
    some.tuples(some.sampled_from(["stage all", "commit", "commit all"]), some.just(""), some.just("")),
)
START = some.fixed_dictionaries(
    {path: contents(path) for path in (MIGRATIONS[0], MIGRATIONS[-1])}, optional={path: contents(path) for path in CODE}
)


def edit(root: Path, kind: str, path: str, text: str) -> None:
    """Do what a person does between two commits."""
    there = (root / path).is_file()
    if kind == "write":
        write(root, {path: text})
    elif kind == "delete" and there:
        (root / path).unlink()
    elif kind == "rename" and there:
        (root / text).parent.mkdir(parents=True, exist_ok=True)
        (root / path).rename(root / text)
    elif kind == "stage" and there:
        git(root, "add", path)
    elif kind == "stage partly":
        write(root, {path: text})
        git(root, "add", path)
        write(root, {path: text + "\n"})
    elif kind in {"stage all", "commit all"}:
        git(root, "add", "-A")
    if kind.startswith("commit"):
        git(root, "commit", "-q", "--allow-empty", "-m", "more")


def recalled(options: Options) -> Outcome:
    """What is answered where an answer may be kept."""
    return answered(options)[0]


def judged(options: Options, answer: Callable[[Options], Outcome] = check) -> Outcome | str:
    try:
        outcome = answer(options)
    except ConfigError as error:
        return str(error)
    assert not outcome.errors
    return outcome


def whole(folder: Path) -> list[Finding] | str:
    """Everything that a plain folder is found to break."""
    outcome = judged(Options(folder, cached=False))
    return outcome if isinstance(outcome, str) else list(outcome.findings)


def head(root: Path, target: Path) -> Path:
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=root, check=True, capture_output=True, env=os.environ | ENVIRONMENT).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as file:
        file.extractall(target, filter="data")
    return target


def staged(root: Path, target: Path) -> Path:
    target.mkdir()
    git(root, "checkout-index", "--all", f"--prefix={target}/")
    return target


def work(root: Path, target: Path) -> Path:
    for path in root.rglob("*"):
        if path.is_file() and ".git" not in path.relative_to(root).parts:
            write(target, {path.relative_to(root).as_posix(): path.read_text()})
    target.mkdir(exist_ok=True)
    return target


def difference(before: list[Finding] | str, after: list[Finding] | str) -> list[Finding] | str:
    """What of the second is not about the same as anything in the first."""
    if isinstance(after, str):
        return after
    known = set() if isinstance(before, str) else {(each.rule, each.subject, each.database) for each in before}
    return [each for each in after if (each.rule, each.subject, each.database) not in known]


def standing(outcome: Outcome | str) -> list[Finding] | str:
    """The findings that do not depend on there being a base."""
    if isinstance(outcome, str):
        return outcome
    against = {rule.id for rule in outcome.rules if rule.against}
    return [each for each in outcome.findings if each.rule not in against]


def said(outcome: Outcome | str) -> str:
    return outcome if isinstance(outcome, str) else report.render(outcome, lambda _: [], Presentation("product", date(2026, 1, 1), "0"))


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))


@PROPERTY
@given(START, some.lists(EDITS, min_size=3, max_size=14))
def test_what_is_new_is_the_difference_of_two_whole_runs(start: dict[str, str], edits: list[tuple[str, str, str]]) -> None:
    with TemporaryDirectory() as folder:
        root = repository(Path(folder) / "product", start)
        for each in edits:
            edit(root, *each)
        before = whole(head(root, Path(folder) / "head"))
        for tree, after in (("index", staged(root, Path(folder) / "index")), ("work", work(root, Path(folder) / "work"))):
            options = Options(root, tree, "HEAD")
            warm, cold = judged(options), judged(options._replace(cached=False))
            assert standing(cold) == difference(before, whole(after))
            assert said(warm) == said(cold) == said(judged(options))
            assert said(cold) == said(judged(options, recalled)) == said(judged(options, recalled))


@PROPERTY
@given(START, some.lists(EDITS, min_size=3, max_size=8))
def test_an_answer_that_was_kept_is_the_one_that_a_run_gives(start: dict[str, str], edits: list[tuple[str, str, str]]) -> None:
    with TemporaryDirectory() as folder:
        root = repository(Path(folder) / "product", start)
        for each in edits:
            edit(root, *each)
            for options in (Options(root), Options(root, "index", "HEAD")):
                assert said(judged(options, recalled)) == said(judged(options._replace(cached=False)))


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A product with a change: orders are exposed by a new migration."""
    root = repository(tmp_path / "product", {"migrations/1.sql": "".join([*SQL[:2], *SQL[3:5]]), "migrations/2.sql": SQL[2]})
    write(root, {"migrations/3.sql": SQL[5], "migrations/1.sql": "".join([*SQL[:2], *SQL[3:5], "-- edited\n"])})
    git(root, "add", "-A")
    return root


def started(root: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "invariants", "check", "--staged", "--format", "json"]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def caches() -> Iterator[Path]:
    return Path(os.environ["INVARIANTS_CACHE_DIR"]).glob("*.db")


def test_twenty_runs_at_once_on_one_cache_say_the_same(changed: Path) -> None:
    expected = said(judged(Options(changed, "index", "HEAD", cached=False)))
    running = [started(changed) for _ in range(20)]
    answers = {(*process.communicate(timeout=120), process.returncode) for process in running}
    assert answers == {(expected, "", 1)}
    assert said(judged(Options(changed, "index", "HEAD"))) == expected


FRACTION = some.floats(0, 1, exclude_max=True)
FLIPS = some.lists(some.tuples(FRACTION, some.integers(1, 255)), min_size=1, max_size=4)


@PROPERTY
@given(FRACTION | FLIPS)
def test_a_damaged_cache_is_made_again(changed: Path, damage: float | list[tuple[float, int]]) -> None:
    options = Options(changed, "index", "HEAD")
    expected = said(judged(options))
    (cache,) = caches()
    content = bytearray(cache.read_bytes())
    size = len(content)
    if isinstance(damage, float):
        content = content[: int(damage * size)]
    else:
        for where, by in damage:
            content[int(where * size)] ^= by
    cache.write_bytes(content)
    assert said(judged(options)) == expected
    assert said(judged(options)) == expected
    assert len(cache.read_bytes()) >= size // 2, "it is whole again"


def test_a_run_that_is_killed_at_any_moment_leaves_a_usable_cache(changed: Path) -> None:
    options = Options(changed, "index", "HEAD")
    begun = time.monotonic()
    expected = started(changed).communicate(timeout=120)[0]
    takes = time.monotonic() - begun
    for number in range(CHANGES):
        for cache in caches():
            if number % 2:
                cache.unlink()
        process = started(changed)
        time.sleep(random.Random(number).uniform(0, takes))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=120)
        assert said(judged(options)) == expected
