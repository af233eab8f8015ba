"""CASE, COALESCE, GREATEST and LEAST."""

from typing import Any

from invariants.postgres.grammar import pb
from invariants.replay.plpgsql import operators
from invariants.replay.plpgsql.basics import truth
from invariants.replay.plpgsql.evaluate import Expression, compiled
from invariants.replay.plpgsql.scope import Scope
from invariants.replay.plpgsql.values import MISSING, Unsure, Value, guess_of, lifted


def case(node: Any) -> Expression:
    """CASE."""
    subject = compiled(node.arg) if node.HasField("arg") else None
    branches = [(compiled(each.case_when.expr), compiled(each.case_when.result)) for each in node.args]
    otherwise = compiled(node.defresult) if node.HasField("defresult") else (lambda _scope: None)

    def value(scope: Scope) -> Value:
        it = subject(scope) if subject is not None else None
        for condition, result in branches:
            met = truth(condition(scope)) if subject is None else operators.binary("=", it, condition(scope))
            if isinstance(met, Unsure):
                return Unsure(met.cause, guess_of(result(scope)) if met.guess is True else MISSING)
            if met:
                return result(scope)
        return otherwise(scope)

    return value


def coalesce(node: Any) -> Expression:
    """COALESCE."""
    parts = [compiled(each) for each in node.args]

    def value(scope: Scope) -> Value:
        for part in parts:
            it = part(scope)
            if isinstance(it, Unsure):
                return _rest(it, scope)
            if it is not None:
                return it
        return None

    def _rest(doubt: Unsure, scope: Scope) -> Value:
        """What cannot be told may be NULL: then the guess is the next part's."""
        if doubt.guess is not None:
            return doubt
        guesses = [guess_of(part(scope)) for part in parts]
        return Unsure(doubt.cause, next((each for each in guesses if each is not None), None))

    return value


def extreme(node: Any) -> Expression:
    """GREATEST and LEAST."""
    parts = [compiled(each) for each in node.args]
    better = ">" if node.op == pb.IS_GREATEST else "<"

    def value(*them: Value) -> Value:
        present = [each for each in them if each is not None]
        best = present[0] if present else None
        for each in present[1:]:
            if operators.binary(better, each, best) is True:
                best = each
        return best

    return lambda scope: lifted(value, *(part(scope) for part in parts))
