from invariants.facts.env import IgnoreLine
from invariants.frontends.env import ignore
from invariants.frontends.env.text import LARGEST
from readings import only


def test_lines_are_patterns_from_the_root() -> None:
    found = [
        (each.pattern, each.is_negated) for each in only(ignore.read, "# all\n.env\n!/.env.ci\n\nlocal/\n", IgnoreLine, "web/.gitignore")
    ]
    assert found == [
        ("web/.env", False),
        ("web/*/.env", False),
        ("web/.env.ci", True),
        ("web/local", False),
        ("web/*/local", False),
    ]


def test_a_file_above_the_root_says_under_which_name_it_knows_it() -> None:
    found = [(each.pattern, each.depth, each.under) for each in ignore.read("../../.gitignore", b"/apps/*/.env\n", "apps/web/")]
    assert found == [("apps/*/.env", -2, "apps/web/")]


def test_a_file_that_is_too_large_keeps_nothing_out() -> None:
    assert not only(ignore.read, b".env\n" * LARGEST, IgnoreLine)
