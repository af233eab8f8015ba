"""What GitHub makes of the summary, told by a parser of its Markdown."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from invariants.finding import Outcome
from invariants.reports.markdown import escaped, render
from invariants.reports.terminal import one_line
from reports.outcomes import HOSTILE, HOW, carved, finding, hostile, lines, outcome

GITHUB = MarkdownIt("gfm-like", {"linkify": False}).enable(["table", "strikethrough"])
OURS = {"h2", "h3", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "details", "summary", "p", "ul", "li"}


class Page(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(GITHUB.render(markdown))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert all(name == "style" and (value or "").startswith("text-align:") for name, value in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def page(said: Outcome) -> Page:
    return Page(render(said, lines, HOW))


def test_the_summary_tells_denominators_findings_remedies_and_carveouts() -> None:
    shown = page(outcome(finding(), carved=[carved()]))
    assert shown.text.startswith("invariants: shop: 1 error")
    for words in ("41 tables", "vacuous: no manifest", "public.orders", "migrations/1.sql:2", "alter table orders", "@acme/security"):
        assert words in shown.text
    assert "rls-forced" not in shown.text
    assert shown.tags.count("table") == 3


def test_a_clean_run_shows_what_was_looked_at() -> None:
    shown = page(outcome())
    assert shown.text.startswith("invariants: shop: all held")
    assert shown.tags.count("table") == 1


def test_what_the_baseline_holds_is_told_apart() -> None:
    shown = page(outcome(debt=[finding()]))
    assert shown.text.startswith("invariants: shop: all held")
    assert shown.text.index("In the baseline, to be paid") < shown.text.index("public.orders")


def test_what_could_not_be_checked_comes_first() -> None:
    assert page(outcome(finding(), errors=["a rule is broken"])).text.startswith("invariants: shop: could not check\nCould not check")


def test_the_worst_findings_come_first() -> None:
    shown = page(outcome(finding("a", level="note"), finding("b", verdict="unverified"), finding("c"))).text
    assert shown.index("c\n") < shown.index("b\n") < shown.index("a\n")


def test_github_takes_the_summary_however_much_there_is_to_say() -> None:
    many = [finding(f"public.table_{number}", "ü" * 300) for number in range(3000)]
    shown = render(outcome(*many, carved=[carved(f"public.t{number}", "r" * 500) for number in range(3000)], debt=many), lines, HOW)
    assert len(shown.encode()) < 1024 * 1024
    left = 3000 - shown.partition("### Carved out")[0].count("<code>public.table\\_")
    assert f"{left} more are not shown here" in shown


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_that_a_repository_says_is_markup(words: str) -> None:
    assert set(page(hostile(words)).tags) <= OURS


@given(st.text())
def test_every_text_means_itself(text: str) -> None:
    shown = Page(f"| {escaped(text)} |\n|---|\n| <code>{escaped(text)}</code> |\n")
    assert "".join(shown.text.split()) == "".join((one_line(text) * 2).split())
    assert shown.tags == ["table", "thead", "tr", "th", "tbody", "tr", "td", "code"]
