from invariants.facts.env import IgnoreLine
from invariants.frontends.env import ignore
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
