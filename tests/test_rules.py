"""Every rule against every fixture of its own: each marked line is reported, no other is, and no clause of its query is idle."""

import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlglot import exp, parse_one

from invariants.check import Options, Run
from invariants.finding import Finding, Outcome, Rule
from invariants.guards import faults, vocabulary
from invariants.rule import built_in_rules
from invariants.store import QueryError, Store
from repositories import git, repository

FIXTURES = Path(__file__).parents[1] / "fixtures" / "rules"
RULES = {rule.id: rule for rule in built_in_rules()}
MARK = re.compile(r"""(?:--|#|//) breaks: (.+?)(?:"[]},]*)?$""")
BASE = ".base"

each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


class Case(NamedTuple):
    """A fixture and what it says must be reported."""

    name: str
    run: Run
    outcome: Outcome
    marks: dict[tuple[str, int], str]

    def findings(self, rule: Rule) -> list[Finding]:
        return [each for each in self.outcome.findings if each.rule == rule.id]


def folders(rule: str) -> list[Path]:
    """The fixtures of a rule; what one is compared with lies beside it, in a folder of its name with ``.base`` after it."""
    return sorted(folder for folder in (FIXTURES / rule).iterdir() if not folder.name.endswith(BASE))


def base(folder: Path) -> Path:
    return folder.with_name(folder.name + BASE)


def marks(folder: Path) -> dict[tuple[str, int], str]:
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if mark := MARK.search(line):
                found[path.relative_to(folder).as_posix(), number] = mark[1].strip()
    return found


def expected(folder: Path) -> dict[tuple[str, int], str]:
    """The marks of a fixture; those of its base where a file is gone, and not merely elsewhere."""
    texts = {path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}
    before = base(folder)
    gone = {path for path in before.rglob("*") if path.is_file() and not (folder / path.relative_to(before)).exists()}
    lost = {path.relative_to(before).as_posix() for path in gone if path.read_text(encoding="utf-8") not in texts}
    return {key: words for key, words in marks(before).items() if key[0] in lost} | marks(folder)


def case(name: str, root: Path, revision: str | None, marked: dict[tuple[str, int], str]) -> Case:
    run = Run(Options(root, base=revision, cached=False))
    return Case(name, run, run.outcome(), marked)


def committed(root: Path, bases: dict[str, Path]) -> None:
    """A repository whose one commit holds these folders, and whose work tree holds nothing."""
    for name, folder in bases.items():
        shutil.copytree(folder, root / name, dirs_exist_ok=True)
    repository(root, {})
    git(root, "rm", "-rqf", "--ignore-unmatch", ".")
    root.mkdir(exist_ok=True)


Cases = Callable[[str], list[Case]]


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """The fixtures of a rule, each for itself."""

    def one(folder: Path) -> Case:
        if not base(folder).exists():
            return case(folder.name, folder, None, marks(folder))
        root = tmp_path_factory.mktemp(folder.name)
        committed(root, {".": base(folder)})
        shutil.copytree(folder, root, dirs_exist_ok=True)
        return case(folder.name, root, "HEAD", expected(folder))

    return cache(lambda rule: [one(folder) for folder in folders(rule)])


@pytest.fixture(scope="session")
def side_by_side(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The fixtures of a rule that configure nothing, as so many databases of one repository."""

    @cache
    def laid(rule: str) -> Case:
        root = tmp_path_factory.mktemp(rule)
        plain = [folder for folder in folders(rule) if not (folder / ".invariants").exists()]
        bases = {folder.name: base(folder) for folder in plain if base(folder).exists()}
        if bases:
            committed(root, bases)
        for folder in plain:
            shutil.copytree(folder, root / folder.name)
        marked = {(f"{folder.name}/{path}", line): words for folder in plain for (path, line), words in expected(folder).items()}
        return case(rule, root, "HEAD" if bases else None, marked)

    return laid


def unexpected(found: list[Finding], marks: dict[tuple[str, int], str]) -> Iterator[str]:
    """What is reported and not marked, or marked and not reported."""
    met = set()
    for each in found:
        line = each.place.file, each.place.line
        words = marks.get(line)
        if words is None or words.lower() not in each.message.lower():
            yield f"{each.place.file}:{each.place.line}: not expected: {each.subject}: {each.message}"
        met.add(line)
    yield from (f"{path}:{line}: expected: {words}" for (path, line), words in marks.items() if (path, line) not in met)


@each_rule
def test_each_rule_has_fixtures_that_hold_and_that_break(rule: Rule, cases: Cases) -> None:
    names = {folder.name.partition("-")[0] for folder in folders(rule.id)}
    assert names == {"holds", "breaks"}
    for each in cases(rule.id):
        assert bool(each.marks) == each.name.startswith("breaks"), each.name


def test_each_fixture_is_of_a_rule() -> None:
    assert {folder.name for folder in FIXTURES.iterdir()} == set(RULES)


@each_rule
def test_exactly_the_marked_lines_are_reported(rule: Rule, cases: Cases) -> None:
    problems = [f"{each.name}: {problem}" for each in cases(rule.id) for problem in unexpected(each.findings(rule), each.marks)]
    assert not problems, "\n".join(problems)


@each_rule
def test_the_order_of_rows_does_not_matter(rule: Rule, cases: Cases) -> None:
    for each in cases(rule.id):
        connection = each.run.store._connection
        connection.execute("pragma reverse_unordered_selects = 1")
        after = each.run.outcome()
        connection.execute("pragma reverse_unordered_selects = 0")
        assert each.outcome.findings == after.findings
        assert each.outcome.packs == after.packs
        assert each.outcome.detected == after.detected
        assert not after.errors


@each_rule
def test_databases_are_judged_each_for_itself(rule: Rule, side_by_side: Any) -> None:
    together = side_by_side(rule.id)
    assert not list(unexpected(together.findings(rule), together.marks))


@pytest.mark.parametrize(
    "rule", [each for each in RULES.values() if (FIXTURES / each.id / "breaks-helper").exists()], ids=lambda rule: rule.id
)
def test_what_code_of_another_file_may_mend_is_unverified_and_says_where(rule: Rule, cases: Cases) -> None:
    [helped] = [each for each in cases(rule.id) if each.name == "breaks-helper"]
    found = {(each.verdict, any(label.startswith("this may") for _, label in each.related)) for each in helped.findings(rule)}
    assert found == {("unverified", True), ("broken", False)}


@each_rule
def test_a_rule_says_nothing_that_would_make_it_silently_hold(rule: Rule) -> None:
    assert not list(faults(rule.query, known()))


@cache
def known() -> Any:
    return vocabulary()


@each_rule
def test_a_rule_is_prepared_on_the_empty_schema(rule: Rule) -> None:
    store = Store()
    assert store.ask(rule.query)[1] == []
    assert store.ask(f"select * from {rule.over}")[1] == []


@each_rule
def test_each_clause_is_needed(rule: Rule, cases: Cases, side_by_side: Any) -> None:
    """Drop a clause, and some fixture notices."""
    stores = [each.run.store for each in [*cases(rule.id), side_by_side(rule.id)]]
    truth = [answer(store, rule.query) for store in stores]
    idle = [
        clause
        for clause, query in mutants(rule.query)
        if all(answer(store, query) == expected for store, expected in zip(stores, truth, strict=True))
    ]
    assert not idle, f"no fixture needs: {'; '.join(idle)}"


def answer(store: Store, query: str) -> Any:
    """What a query says about which subject; an error is an answer too."""
    try:
        columns, rows = store.ask(query)
    except QueryError as error:
        return str(error)
    found = defaultdict(set)
    for row in rows:
        said = dict(zip(columns, row, strict=True))
        found[said.get("database"), said["subject"]].add((said["at"], said.get("verdict"), said["message"]))
    return dict(found)


def mutants(query: str) -> Iterator[tuple[str, str]]:
    """The query without one of its conditions, for each of them; the condition first."""
    count = len(conditions(parse_one(query, dialect="sqlite")))
    for number in range(count):
        tree = parse_one(query, dialect="sqlite")
        condition = conditions(tree)[number]
        text = condition.sql(dialect="sqlite")
        condition.replace(exp.true())
        yield text, tree.sql(dialect="sqlite")


def conditions(tree: exp.Expr) -> list[exp.Expr]:
    """Every conjunct of every WHERE, ON and HAVING."""
    holders = [each.this for each in tree.find_all(exp.Where, exp.Having)]
    holders += [each.args["on"] for each in tree.find_all(exp.Join) if each.args.get("on")]
    return [conjunct for holder in holders for conjunct in (holder.flatten() if isinstance(holder, exp.And) else [holder])]
