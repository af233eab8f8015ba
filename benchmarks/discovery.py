"""The routes that are found in the fixtures of OWASP noir, held against the endpoints that its own tests expect there.

    python benchmarks/discovery.py --snapshots DIR [--only NAME] [--verbose]

Compared are methods and paths, whatever parameters are called and whether a slash ends them; a route of any method answers each. Where a
test of noir's says how many endpoints there are, and lists as many, what is found beyond them counts as too much. `discovery.toml` beside
it says which expectations are no routes here, and why.
"""

import argparse
import re
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from pathlib import Path
from typing import NamedTuple

from invariants.check import Options, Run
from snapshots import git_directory, lay_out

FRAMEWORKS = {
    "python": ("aiohttp", "django_ninja", "django", "fastapi", "flask", "litestar", "sanic", "starlette"),
    "javascript": ("express", "fastify", "hono", "koa", "nestjs", "nextjs", "remix", "sveltekit"),
    "typescript": ("nestjs", "trpc"),
    "rust": ("actix", "axum", "rocket"),
}
UNKNOWN = ("flask_appbuilder",)
"""Frameworks on top of one that is known, which are not."""
ENDPOINT = re.compile(r'^(?!\s*#).*?Endpoint\.new\(\s*"([^"]*)",\s*"([A-Z]+)"', re.MULTILINE)
TESTER = re.compile(r'FunctionalTester\.new\(\s*"fixtures/([^"]+?)/?",\s*\{(.*?)\}', re.DOTALL)
COUNT = re.compile(r":endpoints\s*=>\s*(\d+|expected_endpoints\.size)")
ELSEWHERE = ('"base"', '"exclude_path"', '"http_')
"""Options by which noir looks at other files, or for something else."""
OPTIONAL = re.compile(r"\{(/[^}]*)\}")
PARAMETER = re.compile(r"\{[^}]*\}|<[^>]*>|:\w+(\([^)]*\))?\??|\[[^\]]*\]|\*\w*")

Routes = set[tuple[str, str]]


class Case(NamedTuple):
    """A fixture, what is expected of it, and what is not asked; complete: nothing else is there."""

    framework: str
    fixture: str
    expected: Routes
    spared: Routes
    complete: bool


class Tally(NamedTuple):
    """How many fixtures and endpoints there are, how many of these were found and missed, and how many were found beyond them."""

    fixtures: int = 0
    found: int = 0
    missed: int = 0
    beyond: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(*(one + two for one, two in zip(self, other, strict=True)))


def shown(method: str, path: str) -> tuple[str, str]:
    """A route in the words of neither: parameters without names."""
    return method, "/" + PARAMETER.sub("{}", OPTIONAL.sub(r"\1", path)).strip("/")


def cases(testers: Path, told: dict[str, dict[str, str]]) -> Iterator[Case]:
    """The tests of the frameworks that are known here."""
    for language, names in FRAMEWORKS.items():
        for path in sorted((testers / language).glob("*_spec.cr")):
            framework = next((name for name in names if path.name.startswith(name)), None)
            text = path.read_text(encoding="utf-8")
            tester = TESTER.search(text)
            if framework and tester and not path.name.startswith(UNKNOWN) and not any(word in text for word in ELSEWHERE):
                listed = {shown(method, url) for url, method in ENDPOINT.findall(text)}
                spared = {shown(*each.split(" ", 1)) for each in told.get(tester[1], {})}
                count = COUNT.search(tester[2])
                complete = "%w[" not in text and count is not None and count[1] in {"expected_endpoints.size", str(len(listed))}
                yield Case(framework, tester[1], listed - spared, spared, complete)


def merged(found: Iterable[Case]) -> Iterator[Case]:
    """One case for each fixture."""
    groups: dict[str, list[Case]] = defaultdict(list)
    for each in found:
        groups[each.fixture].append(each)
    for fixture, several in groups.items():
        expected = {route for case in several for route in case.expected}
        complete = any(case.complete and case.expected == expected for case in several)
        yield Case(several[0].framework, fixture, expected, several[0].spared, complete)


def routes(folder: Path) -> Routes:
    """What is found in a fixture."""
    asked = Run(Options(folder, cached=False)).store.ask("select method, path from route")[1]
    return {shown(method, path) for method, path in asked}


def is_in(route: tuple[str, str], others: Routes) -> bool:
    """Whether a route is among others, of its method or any; procedures have names."""
    method, path = route
    named = any(other == "RPC" and path.rpartition("/")[2] == name.strip("/") for other, name in others)
    return named or any(path == other and (method == kind or "ANY" in {method, kind}) for kind, other in others)


def judge(case: Case, root: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What was not found of a fixture, and what was found beyond it."""
    found = routes(root / case.fixture)
    missed = sorted(each for each in case.expected if not is_in(each, found))
    named = {path.rpartition("/")[2] for _, path in case.expected}
    beyond = sorted(each for each in found if not is_in(each, case.expected | case.spared) and each[1].strip("/") not in named)
    return missed, beyond if case.complete else []


def main() -> int:
    """Hold every fixture against its test."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--snapshots", type=Path, required=True)
    parser.add_argument("--only", default="", help="fixtures whose names contain it")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    git = git_directory(options.snapshots, "owasp-noir/noir")
    if git is None:
        parser.error("owasp-noir/noir is not fetched")
    tallies: dict[str, Tally] = defaultdict(Tally)
    with tempfile.TemporaryDirectory() as scratch:
        lay_out(git, "HEAD", Path(scratch) / "noir")
        tests = Path(scratch) / "noir" / "spec" / "functional_test"
        (tests / "fixtures").rename(root := Path(scratch) / "laid")
        for case in merged(cases(tests / "testers", told)):
            if options.only in case.fixture:
                missed, beyond = judge(case, root)
                counted = Tally(1, len(case.expected) - len(missed), len(missed), len(beyond))
                tallies[case.framework] = tallies[case.framework].plus(counted)
                for kind, several in (("missed", missed), ("beyond", beyond)) if options.verbose else ():
                    for method, path in several:
                        print(f"{case.fixture}: {kind} {method} {path}")
    report(tallies)
    return 0


def report(tallies: dict[str, Tally]) -> None:
    """The table."""
    print("| framework | fixtures | endpoints | found | recall | beyond | precision |\n|---|---|---|---|---|---|---|")
    for name, each in [*sorted(tallies.items()), ("all", reduce(Tally.plus, tallies.values(), Tally()))]:
        expected, answered = each.found + each.missed, each.found + each.beyond
        recall, precision = each.found / max(1, expected), each.found / max(1, answered)
        print(f"| {name} | {each.fixtures} | {expected} | {each.found} | {recall:.3f} | {each.beyond} | {precision:.3f} |")


if __name__ == "__main__":
    sys.exit(main())
