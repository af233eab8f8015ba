"""The report for whoever answers for the product: one page that needs nothing else, no script and no network.

What was looked at comes first, then what is broken and how to mend it, what is excused and until when, and every rule that was asked.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from html import escape
from pathlib import Path

from invariants.finding import LEVELS, Carved, Finding, Level, Outcome, PackSummary, Rule
from invariants.reports.closing import SOON, range_of, tally
from invariants.reports.excerpts import excerpt
from invariants.reports.frames import Lines
from invariants.reports.markup import Markup, element, joined
from invariants.reports.presentation import Presentation
from invariants.reports.remedies import by_database, remedy, stanza
from invariants.reports.terminal import plain
from invariants.wording import counted, in_days

STYLE = Path(__file__).with_name("page.css")
HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}</style>
</head>
"""
OPEN = 50
"""So many findings are unfolded; of more, a reader unfolds what matters."""
FATES = {"held": "held", "broken": "broken", "unverified": "unverified", "carved_out": "carved out", "owed": "in the baseline"}
"""What may become of a subject, as a summary counts it, and in words."""


def render(outcome: Outcome, lines: Lines, how: Presentation) -> str:
    """The page."""
    findings = by_database(outcome.findings)
    sections = [
        _section("packs", "What was looked at", "", *map(_pack, outcome.packs)),
        *_errors(outcome.errors),
        *_findings(findings, outcome.rules, lines),
        *_carveouts(outcome.carved, how.today),
        *_debt(outcome.debt),
        _section("rules", "Every rule that was asked", str(len(outcome.rules)), _rules(outcome)),
        *_detected(outcome),
    ]
    body = element("body", _header(outcome, how), element("main", *sections), _footer(how))
    head = HEAD.format(title=escape(plain(f"{how.name}: invariants")), style=STYLE.read_text(encoding="utf-8"))
    return f"{head}{body}\n</html>\n"


def _header(outcome: Outcome, how: Presentation) -> Markup:
    mood, verdict = _verdict(outcome)
    totals = {fate: sum(getattr(pack, fate) for pack in outcome.packs) for fate in FATES}
    said = ", ".join(f"{count} {FATES[fate]}" for fate, count in totals.items() if count or fate == "held")
    return element(
        "header",
        element("p", "invariants", class_="kicker"),
        element("h1", how.name),
        element("p", verdict, class_=f"verdict {mood}"),
        element("p", f"Of {sum(pack.total for pack in outcome.packs)} subjects looked at: {said}."),
        element(
            "p", f"Judged as of {_day(how.today)} by {len(outcome.rules)} rules, {len(outcome.vacuous)} of them vacuous.", class_="fine"
        ),
    )


def _verdict(outcome: Outcome) -> tuple[str, str]:
    """The class and the words: a run that could not check, or had nothing to look at, has not passed."""
    if outcome.errors:
        return "broken", "Could not check"
    if outcome.findings:
        is_grave = any(each.level == "error" for each in outcome.findings)
        return "broken" if is_grave else "unverified", ", ".join(words for _, words in tally(outcome.findings))
    if not any(pack.total for pack in outcome.packs):
        return "unverified", "Nothing to look at"
    return "held", "All held"


def _section(name: str, title: str, count: str, *content: str) -> Markup:
    heading = element("h2", title, *([" ", element("span", count, class_="count")] if count else []))
    return element("section", heading, *content, id=name)


def _pack(pack: PackSummary) -> Markup:
    """A pack with its denominator, and a bar in proportion."""
    title = element("h3", pack.pack)
    if pack.vacuous_reason is not None:
        return element("article", title, element("p", f"vacuous: {pack.vacuous_reason}", class_="range"), class_="pack vacuous")
    counts = [(fate, count) for fate in FATES if (count := getattr(pack, fate))]
    bar = [element("span", class_=fate, style=f"flex-grow:{count}") for fate, count in counts]
    legend = [element("li", element("b", str(count)), f" {FATES[fate]}", class_=fate) for fate, count in counts]
    parts = [title, element("p", range_of(pack), class_="range"), element("div", *bar, class_="bar", aria_hidden="true")]
    return element("article", *parts, element("ul", *legend, class_="legend"), class_="pack")


def _errors(errors: Sequence[str]) -> Iterator[Markup]:
    if errors:
        yield _section("errors", "What could not be checked", str(len(errors)), element("ul", *(element("li", each) for each in errors)))


def _findings(findings: Sequence[Finding], rules: Iterable[Rule], lines: Lines) -> Iterator[Markup]:
    """Findings by rule, the gravest first."""
    if not findings:
        return
    found = {rule: [each for each in findings if each.rule == rule.id] for rule in rules}
    broken = sorted((rule for rule in found if found[rule]), key=lambda rule: LEVELS.index(_gravest(found[rule])))
    is_open = len(findings) <= OPEN
    yield _section("findings", "Findings", str(len(findings)), *(_broken(rule, found[rule], lines, is_open=is_open) for rule in broken))


def _gravest(findings: Sequence[Finding]) -> Level:
    return min((each.level for each in findings), key=LEVELS.index)


def _broken(rule: Rule, findings: Sequence[Finding], lines: Lines, *, is_open: bool) -> Markup:
    level = _gravest(findings)
    marks = [
        element("span", level, class_=f"chip {level}"),
        element("code", rule.id),
        f"{counted(len(findings), 'findings')} in {rule.pack}",
    ]
    marks += [element("span", each, class_="standard") for each in rule.supports]
    return element(
        "article",
        element("h3", rule.title),
        element("p", *_spaced(marks), class_="marks"),
        *(element("p", *_quoted(" ".join(part.split())), class_="why") for part in rule.why.split("\n\n")),
        *(_finding(each, rule, lines, is_open=is_open) for each in findings),
        class_="rule",
    )


def _spaced(parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        yield from (part, " ")


def _finding(finding: Finding, rule: Rule, lines: Lines, *, is_open: bool) -> Markup:
    where = f" in {finding.database}" if finding.database else ""
    mark = element("span", finding.verdict, class_=f"chip {finding.verdict}")
    claim = element("span", *_quoted(finding.message), class_="message")
    summary = element("summary", mark, " ", element("code", finding.subject), where, " ", claim)
    frames = [excerpt(place, label, lines) for place, label in ((finding.place, ""), *finding.related)]
    fix = element("div", element("h4", "How to mend it"), element("pre", "\n".join(remedy(rule, finding)), tabindex="0"))
    carveout = element("div", element("h4", "How to carve it out"), element("pre", "\n".join(stanza(finding)), tabindex="0"))
    remedies = element("div", fix, carveout, class_="remedies")
    return element(
        "details", summary, *frames, remedies, class_="finding", id=finding.fingerprint[:16], **({"open": "open"} if is_open else {})
    )


def _quoted(message: str) -> Iterator[str]:
    """A message, what stands between backticks as code."""
    for number, part in enumerate(message.split("`")):
        yield element("code", part) if number % 2 else part


def _carveouts(carved: Sequence[Carved], today: date) -> Iterator[Markup]:
    """What is excused, the next to expire first."""
    if carved:
        rows = [
            (
                element("code", each.finding.subject),
                element("code", each.finding.rule),
                each.reason,
                each.owner,
                _expiry(each.expires, today),
            )
            for each in sorted(carved, key=lambda each: each.expires or "9999")
        ]
        table = _table(("subject", "rule", "why", "who answers for it", "expires"), rows)
        yield _section("carved", "Carved out", str(len(carved)), table)


def _debt(findings: Sequence[Finding]) -> Iterator[Markup]:
    """What the baseline holds: it fails nothing, and is to be paid."""
    if findings:
        rows = [(element("code", each.subject), element("code", each.rule), joined(*_quoted(each.claim)), each.level) for each in findings]
        yield _section("debt", "In the baseline, to be paid", str(len(findings)), _table(("subject", "rule", "what", "level"), rows))


def _expiry(expires: str | None, today: date) -> Markup:
    if expires is None:
        return element("span", "never", class_="chip unverified")
    days = (date.fromisoformat(expires) - today).days
    soon = [" ", element("span", in_days(days), class_="chip unverified")] if days <= SOON else []
    return joined(element("time", _day(date.fromisoformat(expires)), datetime=expires), *soon)


def _rules(outcome: Outcome) -> Markup:
    rows = []
    for rule in sorted(outcome.rules, key=lambda rule: (rule.pack, rule.id)):
        count = sum(each.rule == rule.id for each in outcome.findings)
        if count:
            state = element("a", element("span", f"{count} found", class_="chip broken"), href="#findings")
        elif rule.id in outcome.vacuous:
            state = element("span", "vacuous", class_="chip")
        else:
            state = element("span", "holds", class_="chip held")
        rows.append((element("code", rule.id), rule.title, rule.pack, rule.level, state))
    return _table(("rule", "what must hold", "pack", "level", "state"), rows)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    head = element("thead", element("tr", *(element("th", title, scope="col") for title in titles)))
    body = element("tbody", *(element("tr", *(element("td", cell) for cell in row)) for row in rows))
    return element("div", element("table", head, body), class_="wide", tabindex="0")


def _detected(outcome: Outcome) -> Iterator[Markup]:
    if sentences := (*outcome.detected, *outcome.notes):
        yield _section("detected", "What this went by", "", element("ul", *(element("li", *_quoted(each)) for each in sentences)))


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _footer(how: Presentation) -> Markup:
    return element("footer", element("p", f"invariants {how.version}. An invariant is a query that must return no rows."))
