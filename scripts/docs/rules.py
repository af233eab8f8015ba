"""A page for each rule: what its file says, and its fixtures as examples; and one that lists them all."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from invariants.finding import Rule
from invariants.reports.pages import Part, parts
from invariants.reports.sarif import HOME
from invariants.rule import built_in_rules, range_words
from scripts.docs.fixtures import Example, File, examples
from scripts.docs.markdown import fence, folded, prose, table, tabs

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
INTRODUCTION = """\
# Rules

Each rule is one query that must return no rows. Its page says what must hold, why, how to mend what breaks it, and shows small
repositories that break it and that hold it: the same that the tests judge. `invariants rules` lists them at the prompt,
`invariants explain` prints a page.
"""
CODE = set(";=[({@")
"""A fix without any of these is a sentence."""


def packs() -> dict[str, list[Rule]]:
    """The rules that come with the package, by pack: each folder is one."""
    rules = sorted(built_in_rules(), key=lambda rule: (rule.pack, rule.id))
    return {pack: list(each) for pack, each in groupby(rules, key=lambda rule: rule.pack)}


def pages() -> dict[str, str]:
    """The pages by their paths."""
    found = {place(rule): _page(rule) for rules in packs().values() for rule in rules}
    return {"rules/index.md": _overview()} | found


def place(rule: Rule) -> str:
    """Where a rule's page is."""
    return f"rules/{rule.id}.md"


def _overview() -> str:
    blocks = [INTRODUCTION.strip()]
    for pack, rules in packs().items():
        rows = [(f"`{rule.id}`", _chip(rule), prose(rule.title)) for rule in rules]
        blocks += [f"## {pack.capitalize()}", table(("Rule", "Level", "What must hold"), rows)]
    return "\n\n".join(blocks) + "\n"


def _page(rule: Rule) -> str:
    shown = examples(FIXTURES / rule.id)
    first, *rest = parts(rule)
    blocks = [f"# {rule.id}", f"{prose(first.text)}\n{{ .invariant }}", _marks(rule)]
    for part in rest:
        blocks += _section(rule, part, shown)
        if part.heading == "Fix":
            blocks += _examples("An example that breaks it", [each for each in shown if not each.holds])
            blocks += _examples("An example that holds", [each for each in shown if each.holds])
    return "\n\n".join(blocks) + "\n"


def _marks(rule: Rule) -> str:
    return f"{_chip(rule)} [{rule.pack} pack](index.md#{rule.pack}) · looks at {range_words(rule)}\n{{ .marks }}"


def _chip(rule: Rule) -> str:
    return f'<span class="chip {rule.level}">{rule.level}</span>'


def _section(rule: Rule, part: Part, shown: Sequence[Example]) -> Iterator[str]:
    yield f"## {part.heading}"
    if part.heading == "Ranges over":
        yield f"Every row of `{part.text}`: {range_words(rule)}. Where there is none, the rule is *vacuous*: shown as such, never as held."
    elif not part.is_code:
        yield prose(part.text)
    elif part.heading == "Fix":
        yield fence(part.text, _language(part.text, shown)) if CODE & set(part.text) else prose(part.text[:1].upper() + part.text[1:] + ".")
    else:
        yield fence(part.text, "sql")
        yield f"This query alone decides. Its file: [`{rule.path}`]({HOME}/blob/main/{rule.path})."


def _language(fix: str, shown: Sequence[Example]) -> str:
    """What a rule is mended in: what it is broken in, or a file of settings."""
    return "toml" if fix.startswith("[") else next((file.language for each in shown for file in each.files if file.reported), "text")


def _examples(heading: str, shown: Sequence[Example]) -> Iterator[str]:
    yield f"## {heading}"
    yield tabs({each.name or "plain": _shown(each) for each in shown})


def _shown(example: Example) -> str:
    """An example's files; what it is compared with is folded away."""
    blocks = [block for file in example.files for block in _file(file)]
    if example.before:
        was = "\n\n".join(fence(file.text, file.language, title=file.path) for file in example.before)
        blocks.append(folded("What it is compared with: the base", was))
    return "\n\n".join(blocks) or "*(nothing)*"


def _file(file: File) -> Iterator[str]:
    yield fence(file.text, file.language, title=file.path, lines=file.reported, numbered=True)
    if file.reported:
        said = "; ".join(f"line {number}: “{prose(words)}”" for number, words in file.reported.items())
        yield f"Reported: {said}\n{{ .reported }}"
