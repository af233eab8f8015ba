"""JUnit's XML, which every pipeline shows: a suite a pack, a test case a rule, those that hold included.

A rule that found something has failed, whatever its level; one that had nothing to look at was skipped, and says so.
"""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from invariants.facts.place import Place
from invariants.finding import Finding, Outcome, PackSummary, Rule
from invariants.reports.closing import summary
from invariants.reports.frames import Lines
from invariants.reports.presentation import Presentation
from invariants.reports.terminal import one_line, plain
from invariants.wording import counted

FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even escaped (section 2.2)."""


def render(outcome: Outcome, _lines: Lines, _how: Presentation) -> str:
    """The suites, and one of its own for what could not be checked."""
    root = Element("testsuites", name="invariants")
    for pack in outcome.packs:
        _suite(root, outcome, pack)
    if outcome.errors:
        _failures(root, outcome.errors)
    cases = list(root.iter("testcase"))
    root.attrib |= _counts(cases)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, outcome: Outcome, pack: PackSummary) -> None:
    suite = SubElement(root, "testsuite", name=_legal(pack.pack))
    properties = SubElement(suite, "properties")
    SubElement(properties, "property", name="summary", value=_legal(summary(pack)))
    for rule in outcome.rules:
        if rule.pack == pack.pack:
            found = [each for each in outcome.findings if each.rule == rule.id]
            _case(suite, rule, found, is_vacuous=rule.id in outcome.vacuous)
    suite.attrib |= _counts(suite.findall("testcase"))


def _case(suite: Element, rule: Rule, found: Sequence[Finding], *, is_vacuous: bool) -> None:
    case = SubElement(suite, "testcase", classname=_legal(f"invariants.{rule.pack}"), name=_legal(f"{rule.id}: {rule.title}"))
    if found:
        message = f"{counted(len(found), 'findings')}: {_said(found[0])}"
        failure = SubElement(case, "failure", type=rule.level, message=_legal(message))
        failure.text = _legal("\n".join(one_line(f"{_where(each.place)}: {_said(each)}") for each in found))
    elif is_vacuous:
        SubElement(case, "skipped", message="vacuous: there was nothing to look at")


def _where(place: Place) -> str:
    return f"{place.file}:{place.line}:{place.column}" if place.file else "the platform"


def _said(finding: Finding) -> str:
    return f"{finding.level}: {finding.sentence}"


def _failures(root: Element, errors: Sequence[str]) -> None:
    suite = SubElement(root, "testsuite", name="invariants")
    for error in errors:
        case = SubElement(suite, "testcase", classname="invariants", name="could not check")
        SubElement(case, "error", type="error", message=_legal(error))
    suite.attrib |= _counts(suite.findall("testcase"))


def _counts(cases: Sequence[Element]) -> dict[str, str]:
    tags = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    return {"tests": str(len(cases)), **{name: str(sum(case.find(tag) is not None for case in cases)) for name, tag in tags.items()}}


def _legal(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", plain(text))
