"""The page, as a parser reads it, and as a browser shows it."""

from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

import browser
from invariants.check import Options, Run
from invariants.cli.output import lines_of
from invariants.facts.place import PLATFORM, Place
from invariants.finding import Outcome
from invariants.reports.frames import Lines
from invariants.reports.html import render
from reports.outcomes import HOSTILE, HOW, PACK, VACUOUS, carved, finding, hostile, lines, outcome

SUITE = Path(__file__).parents[2] / "fixtures" / "apps" / "suite"
FOLDED = {"class", "id", "open", "style", "data-line", "tabindex", "aria-hidden", "scope", "datetime", "href"}
"""The attributes that elements of the page have."""


class Page(HTMLParser):
    """The elements of a page, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.style = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "style" and not self.style:
            self.style = data
        else:
            self.words += data

    def count(self, tag: str, name: str = "") -> int:
        return sum(each == tag and name in ("", *attributes.get("class", "").split(" ")) for each, attributes in self.elements)


def page(said: Outcome, lines_: Lines = lines) -> Page:
    return Page(render(said, lines_, HOW))


def test_the_page_tells_what_was_looked_at() -> None:
    said = page(outcome())
    assert "All held" in said.words
    assert "Of 41 subjects looked at: 39 held, 1 broken, 1 carved out." in said.words
    assert "vacuous: no manifest" in said.words
    assert "Judged as of 1 June 2026 by 3 rules, 1 of them vacuous." in said.words


def test_a_finding_has_its_frames_its_mend_and_its_carveout() -> None:
    said = page(outcome(finding(related=[(Place("migrations/1.sql", 3, 5, 3, 14), "its key")])))
    assert said.count("figure", "frame") == 2
    assert said.count("mark") == 2
    for words in ("migrations/1.sql:2:1", "its key", "alter table public.orders enable row level security;", 'rule = "rls-enabled"'):
        assert words in said.words


def test_findings_are_told_rule_by_rule_the_gravest_first() -> None:
    said = page(
        outcome(finding(level="note"), finding("public.a", rule="rls-forced"), finding("public.b", rule="rls-forced", level="note"))
    )
    assert said.count("article", "rule") == 2
    assert said.words.index("Row security is forced") < said.words.index("Row security is enabled")


def test_carveouts_are_told_with_their_expiry_the_next_first() -> None:
    said = page(
        outcome(
            carved=[carved("public.a", expires=None), carved("public.b", expires="2026-06-10"), carved("public.c", expires="2099-01-01")]
        )
    )
    order = [said.words.index(f"public.{name}") for name in "bca"]
    assert order == sorted(order)
    assert "10 June 2026 in 9 days" in said.words
    assert "1 January 2099 in" not in said.words
    assert "never" in said.words


def test_what_the_baseline_holds_is_told_apart() -> None:
    said = page(outcome(debt=[finding(level="warning")], packs=[PACK._replace(broken=0, owed=1)]))
    assert "All held" in said.words
    assert "39 held, 1 carved out, 1 in the baseline" in said.words
    assert "In the baseline, to be paid 1subjectrulewhatlevelpublic.ordersrls-enabledrow security is never enabledwarning" in said.words


def test_vacuous_rules_are_told() -> None:
    said = page(outcome())
    assert "view-invoker-securedA view reads as the one who asks.tenancyerrorvacuous" in said.words
    assert "rls-forcedRow security is forced on every tenant table.tenancyerrorholds" in said.words


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (outcome(errors=["a rule is broken"]), "Could not check"),
        (outcome(finding(), finding("b", level="warning")), "1 error, 1 warning"),
        (outcome(packs=[VACUOUS]), "Nothing to look at"),
    ],
)
def test_a_run_that_did_not_pass_does_not_look_as_if_it_had(said: Outcome, verdict: str) -> None:
    shown = page(said)
    assert verdict in shown.words
    assert shown.count("p", "verdict") == 1
    assert not [1 for tag, attributes in shown.elements if tag == "p" and attributes.get("class") == "verdict held"]


def test_code_between_backticks_is_code_and_what_no_file_says_has_no_frame() -> None:
    said = render(outcome(finding(message="rows pass `true`")._replace(place=PLATFORM)), lines, HOW)
    assert "rows pass <code>true</code>" in said
    assert "What the platform brings" in said
    own = outcome(finding())
    said = render(own._replace(detected=("a `b`",), rules=tuple(each._replace(why="Not `c`.") for each in own.rules)), lines, HOW)
    assert "<li>a <code>b</code></li>" in said
    assert ">Not <code>c</code>.</p>" in said


def test_many_findings_are_folded() -> None:
    assert sum("open" in attributes for _, attributes in page(outcome(finding())).elements) == 1
    many = page(outcome(*(finding(f"public.t{number}") for number in range(60))))
    assert many.count("details", "finding") == 60
    assert not any("open" in attributes for _, attributes in many.elements)


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_that_a_repository_says_is_an_element(words: str) -> None:
    tame, wild = page(hostile("x")), page(hostile(words), lambda _: words.split("\n"))
    assert {tag for tag, _ in wild.elements} <= {tag for tag, _ in tame.elements} | {"mark", "pre"}
    assert {name for tag, attributes in wild.elements if tag != "meta" for name in attributes} <= FOLDED | {"lang"}
    assert not set(wild.words) & set("\x00\x1b\x7f\x85\u202e")


def test_the_page_needs_nothing_else() -> None:
    said = page(outcome(finding(), carved=[carved()]))
    assert "url(" not in said.style
    assert "@import" not in said.style
    assert not {"script", "link", "img", "iframe", "form", "base", "object"} & {tag for tag, _ in said.elements}
    assert {attributes["href"] for _, attributes in said.elements if "href" in attributes} == {"#findings"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    """A browser that looks at the report of a real product, with everything in it that there can be."""
    if browser.FOUND is None:
        pytest.skip("Chromium is not installed")
    folder = tmp_path_factory.mktemp("page")
    run = Run(Options(SUITE, cached=False))
    said = run.outcome()
    doubt = said.findings[0]._replace(subject="public.Report", verdict="unverified", level="warning")
    routes = PACK._replace(pack="routes", broken=0, unverified=1)
    said = said._replace(
        findings=(*said.findings, doubt, *hostile("".join(HOSTILE)).findings),
        rules=(*said.rules, *hostile("".join(HOSTILE)).rules),
        carved=(*said.carved, carved(), carved("public.jobs", expires=None)),
        packs=(*said.packs, routes, VACUOUS),
        errors=("a rule is broken",),
    )
    (folder / "report.html").write_text(
        render(said, lines_of(run.snapshot), HOW._replace(name="suite", today=date(2026, 6, 1))), encoding="utf-8"
    )
    with browser.browser(folder / "profile") as found:
        found.open(folder / "report.html")
        yield found


CONTRAST = """
(() => {
  const channels = color => color.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const ground = element => {
    for (; element; element = element.parentElement) {
      const color = getComputedStyle(element).backgroundColor;
      if (color.startsWith('rgb(')) return channels(color);
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim()) continue;
    const pair = [light(channels(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + .05) / (pair[1] + .05);
    if (ratio < 4.5) poor.push(`${element.className} ${walker.currentNode.textContent}: ${ratio}`);
  }
  return poor;
})()
"""


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(251, 251, 249)"), ("dark", "rgb(19, 21, 24)")])
def test_it_is_light_or_dark_as_the_reader_likes_and_can_be_read(shown: browser.Browser, scheme: str, paper: str) -> None:
    shown.emulate(scheme=scheme)
    assert shown.ask("getComputedStyle(document.body).backgroundColor") == paper
    assert shown.ask("document.querySelectorAll('*').length") > 200
    assert shown.ask(CONTRAST) == []


def test_it_fetches_nothing_runs_nothing_and_complains_of_nothing(shown: browser.Browser) -> None:
    fetched = [event["params"]["request"]["url"] for event in shown.events if event["method"] == "Network.requestWillBeSent"]
    assert [url.rpartition("/")[2] for url in fetched] == ["report.html"]
    assert not [
        event for event in shown.events if event["method"] in {"Log.entryAdded", "Runtime.exceptionThrown", "Page.javascriptDialogOpening"}
    ]
    assert shown.ask("document.scripts.length + document.images.length") == 0


@pytest.mark.parametrize("width", [1200, 768, 360])
def test_it_fits_the_window(shown: browser.Browser, width: int) -> None:
    shown.emulate(width=width)
    wide = "[...document.body.querySelectorAll('*')].filter(each => each.getBoundingClientRect().right > innerWidth)"
    assert shown.ask(f"{wide}.filter(each => !each.closest('pre, .wide')).map(each => each.outerHTML)") == []
    assert shown.ask("document.documentElement.scrollWidth") <= width


def test_a_printer_unfolds_everything_on_white(shown: browser.Browser) -> None:
    shown.ask("document.querySelectorAll('details').forEach(each => each.open = false)")
    shown.emulate(media="print")
    assert shown.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    frames = "[...document.querySelectorAll('.finding .frame')].map(each => each.checkVisibility())"
    assert all(shown.ask(frames))
    shown.emulate()
    assert not any(shown.ask(frames))
