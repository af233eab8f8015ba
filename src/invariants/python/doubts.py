"""Effects of which it cannot be told whether they happen."""

from collections.abc import Iterator, Sequence

import libcst as cst

from invariants.python.interpreter import Doubt, Effect, Guard, Hint, Interpreter, Sql

REMEDY = "Write the tables out as constants, or run the statements as plain SQL."


def doubt(machine: Interpreter, node: cst.CSTNode, effects: list[Effect], message: str) -> None:
    """Effects that may or may not happen: none is applied, and that is said, unless they are about rows only."""
    flat = list(_flat(effects))
    for each in flat:
        if isinstance(each, Sql) and matters(each):
            machine.emit(Hint(node, sql=each.text))
        elif isinstance(each, (Doubt, Hint)):
            machine.emit(each)
    if not any(isinstance(each, Doubt) for each in flat) and any(matters(each) for each in flat):
        machine.emit(Doubt(node, "dynamic", message, REMEDY))


def _flat(effects: Sequence[Effect]) -> Iterator[Effect]:
    """Effects, those that depend on what the database answers among them."""
    for each in effects:
        if isinstance(each, Guard):
            yield from _flat([*each.then, *each.otherwise])
        else:
            yield each


def matters(effect: Effect) -> bool:
    """Whether an effect can change anything but rows."""
    if isinstance(effect, Guard):
        return any(matters(each) for each in [*effect.then, *effect.otherwise])
    return not isinstance(effect, Hint) and not (isinstance(effect, Sql) and effect.data)
