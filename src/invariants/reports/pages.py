"""A rule's page, in parts: ``invariants explain`` prints them, and the documentation shows them with the rule's examples."""

from collections.abc import Iterator
from typing import NamedTuple

from invariants.finding import Rule

STANDARDS = {"soc2": "SOC 2 ", "iso27001": "ISO/IEC 27001 ", "asvs5": "OWASP ASVS 5.0 ", "cwe": "CWE-"}
"""How a standard is called, by the word that rules use."""


class Part(NamedTuple):
    """What stands below a heading; the first parts have none."""

    heading: str
    text: str
    is_code: bool = False


def parts(rule: Rule) -> Iterator[Part]:
    """What there is to say about a rule, from the invariant to the query that decides it."""
    yield Part("", rule.title)
    yield Part("Why", rule.why)
    yield Part("Fix", rule.fix, is_code=True)
    yield Part("Ranges over", rule.over)
    if rule.against:
        yield Part("Needs a base", "It is asked only where there is one to compare with: `--staged`, `--since`.")
    if rule.supports:
        yield Part("Supports", ", ".join(map(standard, rule.supports)))
    yield Part("The rule itself", rule.query.strip(), is_code=True)


def standard(name: str) -> str:
    """A standard's clause as people write it: ``cwe:639`` is CWE-639."""
    scheme, _, clause = name.partition(":")
    return f"{STANDARDS[scheme]}{clause}" if scheme in STANDARDS else name


def text(rule: Rule) -> str:
    """The page for a terminal."""
    return "\n\n".join([f"{rule.id} ({rule.pack}, {rule.level}; {rule.path})", *map(_paragraph, parts(rule))])


def _paragraph(part: Part) -> str:
    if part.is_code:
        return f"{part.heading}:\n\n" + "\n".join(f"    {line}".rstrip() for line in part.text.splitlines())
    return f"{part.heading}: {part.text}" if part.heading else part.text
