from tomllib import loads
from typing import Any

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as some

from invariants.settings.stanzas import appended, without

TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=12)
STANZA = some.fixed_dictionaries(
    {"rule": TEXT, "subject": TEXT}, optional={"reason": TEXT, "at_most": some.integers(1, 99), "expires": some.dates()}
)


def written(stanzas: list[dict[str, Any]]) -> str:
    text = ""
    for number, stanza in enumerate(stanzas):
        text = appended(text + f"\n# comment {number}\n", stanza)
    return text


@profile(deadline=None, max_examples=80)
@given(some.lists(STANZA, max_size=5))
def test_what_is_appended_reads_back_as_it_was(stanzas: list[dict[str, Any]]) -> None:
    assert loads(written(stanzas)).get("carveout", []) == stanzas


@profile(deadline=None, max_examples=80)
@given(some.lists(STANZA, max_size=5), some.sets(some.integers(0, 4)))
def test_what_is_removed_is_gone_and_the_rest_is_as_it_was(stanzas: list[dict[str, Any]], positions: set[int]) -> None:
    left = without(written(stanzas), positions)
    assert loads(left).get("carveout", []) == [stanza for number, stanza in enumerate(stanzas) if number not in positions]


def test_a_comment_goes_with_the_stanza_that_it_stands_above() -> None:
    text = '# File.\n\n# One.\n[[carveout]]\nrule = "a"\n# Inside.\n\n# Two,\n# at length.\n[[carveout]]\nrule = "b"\n\n# The end.\n'
    assert without(text, {0}) == '# File.\n\n# Two,\n# at length.\n[[carveout]]\nrule = "b"\n\n# The end.\n'
    assert without(text, {1}) == '# File.\n\n# One.\n[[carveout]]\nrule = "a"\n# Inside.\n'


def test_the_comment_at_the_head_of_the_file_is_the_files() -> None:
    assert without('# File.\n[[carveout]]\nrule = "a"\n', {0}) == "# File.\n"
