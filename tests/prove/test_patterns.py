"""Texts that regular expressions match."""

import re

import pytest

from invariants.prove.patterns import example

MATCHED = (
    "^[a-z][a-z0-9_]*$",
    "^[a-z0-9_]+(\\.[a-z0-9_]+)*$",
    "^[a-z]+(\\.[a-z]+)+$",
    "^v?[0-9]+\\.[0-9]+$",
    "^(draft|sent)$",
    "^[A-Z]{3}$",
    "^[A-Z]{2,4}-\\d{3,}$",
    "^[[:alpha:]][[:alnum:]]{0,7}$",
    "^#[0-9a-fA-F]{6}$",
    "^[^ ]+@[^ ]+\\.[a-z]{2,}$",
)


@pytest.mark.parametrize("pattern", MATCHED)
def test_an_example_matches(pattern: str) -> None:
    made = example(pattern, "bravo-key-19")
    assert made is not None
    readable = pattern.replace("[:alpha:]", "a-zA-Z").replace("[:alnum:]", "a-zA-Z0-9")
    assert re.fullmatch(readable, made), made


def test_an_example_is_made_of_the_filler() -> None:
    """So that what is made for two tenants differs."""
    assert example("^[a-z][a-z0-9_.]+$", "alpha-key-1") != example("^[a-z][a-z0-9_.]+$", "bravo-key-2")


@pytest.mark.parametrize("pattern", ["^(?!public)[a-z]+$", "^[z-a]$", "^(a$"])
def test_what_cannot_be_read_has_no_example(pattern: str) -> None:
    assert example(pattern, "bravo") is None
