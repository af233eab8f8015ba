"""Conditions that say by their words, and by what they look at, that strangers come in by them as well."""

import re
from collections.abc import Sequence

from invariants.facts.code import PERHAPS, UNSET, Dependence
from invariants.replay.web.deciding import present, same
from invariants.replay.web.outcomes import Outcomes, is_only_denied
from invariants.replay.web.strangers import is_known, is_privileged, names_kind
from invariants.replay.web.words import is_error, is_nobody

SIDES = re.compile(r"[\w.?]+(?:\(\))? ={2,3} (?!(?:null|undefined|None|true|false|True|False|NaN)\b)[A-Za-z_][\w.?]*(?:\(\))?")
"""Two values by their names, which are the same."""


def is_failure(condition: str, found: Sequence[Dependence]) -> bool:
    """Whether it is asked whether a query failed, which finds nothing for nobody as well: `const { error } = await db.from("roles")`."""
    calls = [each.symbol.split(".") for each in found if each.origin == "call"]
    return is_error(condition) and present(condition) != "" and bool(calls) and all("from" in each for each in calls)


def is_vacuous(found: Sequence[Dependence]) -> bool:
    """Whether it is asked of all in a list that something finds, which holds of none of them, too: `required.every((each) => ...)`."""
    return any(each.origin == "call" and each.symbol.rpartition(".")[2] == "every" and "." in each.symbol for each in found)


def plain(condition: str) -> str:
    """What a condition asks for that may ask for the contrary: `!(await isOpen(id))`."""
    said = condition.removeprefix("not ").removeprefix("!")
    return said[1:-1] if said.startswith("(await ") and said.endswith(")") else said


def unset(dependence: Dependence) -> Dependence:
    """What is held against a parameter of which there may be nothing."""
    is_doubted = dependence.origin == "environment" and dependence.symbol.startswith(f"{PERHAPS}{UNSET}")
    return dependence._replace(symbol=dependence.symbol.removeprefix(PERHAPS)) if is_doubted else dependence


def keeps_one_out(condition: str, ways: dict[str, Outcomes]) -> bool:
    """Whether those alone are turned away who are, or send, what one value is: `email === serviceAccount()`; all others come in."""
    return SIDES.fullmatch(condition) is not None and is_only_denied(same(condition), ways)


def is_for_some(condition: str, ways: dict[str, Outcomes]) -> bool:
    """Whether those alone are turned away who are known, or of a kind that nobody is who is not."""
    there = present(condition)
    if is_privileged(condition) and is_only_denied(there, ways):
        return True
    if there and is_nobody(condition) and is_only_denied("else" if there == "then" else "then", ways):
        return True
    return (is_known(condition) and is_only_denied("then", ways)) or (names_kind(condition) and is_only_denied(same(condition), ways))
