"""Cases that a value is held against, one after the other: by what it looks like first, and then by what else a case asks for."""

import ast

from invariants.frontends.python.conditions import Ways, asked
from invariants.frontends.python.parts import Parting
from invariants.frontends.python.verdicts import is_verdict

FEW = 5
"""Of more cases, what follows one is not written out once for each way that leads to it."""


class Casing(Parting):
    """The walk through cases."""

    def statements(self, body: list[ast.stmt]) -> None:
        """What is done in a case."""
        raise NotImplementedError

    def match(self, node: ast.Match) -> None:
        self.expression(node.subject, "tested")
        self.cases(node.subject, _all_said(node.cases) if is_verdict(node.subject) else node.cases)

    def cases(self, subject: ast.expr, listed: list[ast.match_case]) -> None:
        """One case after the other, each a branch on the subject."""
        if not listed:
            return
        first, *rest = listed
        guard = first.guard
        for name in _captured(first.pattern):
            self.origins.assign(ast.copy_location(ast.Name(name, ast.Store()), subject), subject)
        then, otherwise = (lambda: self.statements(first.body)), (lambda: self.cases(subject, rest))
        if guard is None or len(listed) > FEW:
            self.case(subject, first, Ways(then, otherwise))
        else:
            plain = ast.match_case(first.pattern, None, first.body)
            self.case(subject, plain, Ways(lambda: self.branched(guard, Ways(then, otherwise)), otherwise))

    def case(self, subject: ast.expr, case: ast.match_case, ways: Ways) -> None:
        """What leads into a case."""
        if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None:
            ways.then()
            return
        if (test := asked(subject, case)) is not None:
            self.branched(test, ways)
            return
        draft = self.add(subject, "branch", self.module.text(subject))
        draft.sources = sorted({*self.origins.of(subject), *self.origins.of(case.guard), ("constant", ast.unparse(case.pattern))})
        self.mark(subject, "tested")
        self.at(draft, "then", ways.then)
        self.at(draft, "else", ways.otherwise)


def _all_said(listed: list[ast.match_case]) -> list[ast.match_case]:
    """The cases of what is true or false: nothing is left behind one of each."""
    *first, last = listed
    said = {each.pattern.value for each in listed if isinstance(each.pattern, ast.MatchSingleton) and each.guard is None}
    is_all = said >= {True, False} and isinstance(last.pattern, ast.MatchSingleton)
    return [*first, ast.match_case(ast.MatchAs(None, None), None, last.body)] if is_all else listed


def _captured(pattern: ast.pattern) -> list[str]:
    """The names that a pattern gives to what it is held against, or to parts of that."""
    return [each.name for each in ast.walk(pattern) if isinstance(each, ast.MatchAs | ast.MatchStar) and each.name]
