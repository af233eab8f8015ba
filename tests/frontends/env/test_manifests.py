"""Files of YAML that cannot be read: each is said, at its line, by every reader that shares the prelude."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from invariants.facts.env import Blind, Giver, Unresolved
from invariants.frontends.env import compose, kubernetes, workflow
from invariants.frontends.env.text import LARGEST

Reader = Callable[[str, bytes], Iterator[Any]]
BROKEN = b"kind: ConfigMap\nx: [1\ny: }\n"


@pytest.mark.parametrize("read", [compose.read, workflow.read])
def test_broken_yaml_neither_gives_nor_reads_and_says_where(read: Reader) -> None:
    found = list(read("a.yml", BROKEN))
    assert [type(each) for each in found] == [Unresolved, Blind]
    assert {each.at.line for each in found} == {3}


def test_a_broken_manifest_gives_nothing_and_says_where() -> None:
    (found,) = kubernetes.read("a.yml", BROKEN)
    assert isinstance(found, Blind)
    assert (found.at.line, "no YAML" in found.message) == (3, True)


@pytest.mark.parametrize(
    ("read", "what"), [(compose.read, "a compose file"), (workflow.read, "a workflow"), (kubernetes.read, "a manifest")]
)
def test_a_file_that_is_too_large_is_named_for_what_it_is(read: Reader, what: str) -> None:
    found = list(read("a.yml", b"kind: ConfigMap\n" + b"#" * LARGEST))
    assert [each.message for each in found] == [f"it is too large for {what}"] * 2
    assert not any(isinstance(each, Giver) for each in found)
