"""What a block of statements does."""

from collections.abc import Sequence

import libcst as cst

from invariants.python import definitions, questions
from invariants.python.doubts import REMEDY, doubt, matters
from invariants.python.expressions import operate
from invariants.python.interpreter import Doubt, Effect, Guard, Interpreter
from invariants.python.jumps import Jump, blur, meet, note
from invariants.python.loops import bind, iterate
from invariants.python.values import Ask, Call, Class, Function, Rows, Scope, Unknown, Value

ROUNDS = 1000
"""How often a ``while`` whose condition holds is gone round."""
LASTING = "how often this loop runs is decided at run time"


def block(suite: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    """The statements of a suite: its lines, or the one line behind the colon."""
    return [suite] if isinstance(suite, cst.SimpleStatementSuite) else suite.body


def run(machine: Interpreter, body: Sequence[cst.CSTNode], scope: Scope) -> Jump | None:
    """Follow statements until the end or a jump."""
    for at, node in enumerate(body):
        machine.step()
        if isinstance(node, cst.If):
            done, jump = _branch(machine, node, body[at + 1 :], scope)
        elif isinstance(node, cst.For):
            done, jump = _for(machine, node, body[at + 1 :], scope)
        else:
            done, jump = False, _statement(machine, node, scope)
        if done or jump is not None:
            return jump
    return None


def returned(machine: Interpreter, body: cst.BaseSuite, scope: Scope, node: cst.CSTNode) -> Value:
    """What a function's body returns."""
    jump = run(machine, block(body), scope)
    if jump is not None and jump.kind == "raise":
        return Unknown(node, "it raises an error")
    return jump.value if jump is not None and jump.kind == "return" else None


def _statement(machine: Interpreter, node: cst.CSTNode, scope: Scope) -> Jump | None:
    if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
        return _simple(machine, node, scope)
    if isinstance(node, cst.While):
        return _while(machine, node, scope)
    if isinstance(node, cst.With):
        return _with(machine, node, scope)
    if isinstance(node, (cst.Try, cst.TryStar)):
        return _try(machine, node, scope)
    if isinstance(node, cst.FunctionDef):
        scope.names[node.name.value] = Function(node, scope)
    elif isinstance(node, cst.ClassDef):
        inner = Scope(scope)
        bases = tuple(machine.evaluate(each.value, scope) for each in node.bases)
        run(machine, block(node.body), inner)
        scope.names[node.name.value] = Class(node.name.value, bases, inner.names, node)
    elif isinstance(node, cst.Match):
        machine.emit(Doubt(node, "dynamic", "a match statement is not followed", REMEDY))
    return None


def _simple(machine: Interpreter, line: cst.SimpleStatementLine | cst.SimpleStatementSuite, scope: Scope) -> Jump | None:
    for node in line.body:
        if isinstance(node, cst.Return):
            return Jump("return", machine.evaluate(node.value, scope) if node.value else None)
        if isinstance(node, (cst.Break, cst.Continue, cst.Raise)):
            return Jump("break" if isinstance(node, cst.Break) else "continue" if isinstance(node, cst.Continue) else "raise")
        _small(machine, node, scope)
    return None


def _small(machine: Interpreter, node: cst.CSTNode, scope: Scope) -> None:
    if isinstance(node, cst.Expr):
        machine.evaluate(node.value, scope)
    elif isinstance(node, cst.Assign):
        value = machine.evaluate(node.value, scope)
        for target in node.targets:
            _bind(machine, target.target, value, scope)
    elif isinstance(node, cst.AnnAssign) and node.value is not None:
        _bind(machine, node.target, machine.evaluate(node.value, scope), scope)
    elif isinstance(node, cst.AugAssign):
        value = operate(node.operator, machine.evaluate(node.target, scope), machine.evaluate(node.value, scope), node)
        _bind(machine, node.target, value, scope)
    elif isinstance(node, cst.Import):
        definitions.bring(node, scope)
    elif isinstance(node, cst.ImportFrom):
        definitions.bring_from(node, scope)


def _bind(machine: Interpreter, target: cst.CSTNode, value: Value, scope: Scope) -> None:
    try:
        bind(machine, target, value, scope)
    except (TypeError, LookupError):
        return


def _with(machine: Interpreter, node: cst.With, scope: Scope) -> Jump | None:
    for each in node.items:
        value = machine.evaluate(each.item, scope)
        if each.asname is not None:
            _bind(machine, each.asname.name, value, scope)
    return run(machine, block(node.body), scope)


def _try(machine: Interpreter, node: cst.Try | cst.TryStar, scope: Scope) -> Jump | None:
    """The body is taken to succeed: what its handlers do is never reached."""
    jump = run(machine, block(node.body), scope)
    if jump is None and node.orelse is not None:
        jump = run(machine, block(node.orelse.body), scope)
    last = run(machine, block(node.finalbody.body), scope) if node.finalbody is not None else None
    return last or jump


def _for(machine: Interpreter, node: cst.For, rest: Sequence[cst.CSTNode], scope: Scope) -> tuple[bool, Jump | None]:
    """A ``for``; whether it took the rest of the block with it, and how it was left."""
    value = machine.evaluate(node.iter, scope)
    try:
        values = iterate(value)
    except LookupError:
        return _doubtful_loop(machine, node, value, rest, scope)
    for each in values:
        _bind(machine, node.target, each, scope)
        jump = run(machine, block(node.body), scope)
        if jump is not None and jump.kind != "continue":
            return False, None if jump.kind == "break" else jump
    return False, run(machine, block(node.orelse.body), scope) if node.orelse is not None else None


def _doubtful_loop(
    machine: Interpreter, node: cst.For, value: Value, rest: Sequence[cst.CSTNode], scope: Scope
) -> tuple[bool, Jump | None]:
    """A loop over what cannot be told: what its body would do is in doubt, and so is the rest where that may return."""
    exits = len(machine.exits)
    _bind(
        machine, node.target, questions.each(value) if isinstance(value, Rows) else Unknown(node.target, "it is decided at run time"), scope
    )
    with machine.trial() as effects:
        jump = run(machine, block(node.body), scope)
    doubt(machine, node, effects, "what this loop goes through is decided at run time")
    unknown = Unknown(node, "whether this returns is decided at run time")
    left = [each for each in [*machine.exits[exits:], (jump, unknown)] if each[0] is not None and each[0].kind == "return"]
    del machine.exits[exits:]
    if not left:
        return False, None
    [(end, truth)] = left if len(left) == 1 else [(Jump("return", unknown), unknown)]
    names = dict(scope.names)
    return True, _part(machine, node, truth, (([], end, names), ([], None, scope.names)), rest=rest, scope=scope)


def _while(machine: Interpreter, node: cst.While, scope: Scope) -> Jump | None:
    """A loop that ends by its condition or a jump. A round that changes no name, or may have ended it, is the last that is told."""
    for _ in range(ROUNDS):
        truth = questions.truth(machine.evaluate(node.test, scope), node)
        if truth is False:
            return None
        if truth is not True:
            with machine.trial() as effects:
                run(machine, block(node.body), scope)
            doubt(machine, node, effects, LASTING)
            return None
        before, exits = scope.snapshot(), len(machine.exits)
        with machine.trial() as effects:
            jump = run(machine, block(node.body), scope)
        if jump is None and (len(machine.exits) > exits or _is_settled(before, scope.names)):
            del machine.exits[exits:]
            doubt(machine, node, effects, LASTING)
            return None
        machine.effects += effects
        if jump is not None and jump.kind != "continue":
            return None if jump.kind == "break" else jump
    machine.emit(Doubt(node, "dynamic", "this loop does not come to an end here", REMEDY))
    return None


def _is_settled(before: dict[str, Value], after: dict[str, Value]) -> bool:
    """Whether a round left all names as they were; what the same call gives is as little known as before."""
    return before.keys() == after.keys() and all(
        _same(value, after[name]) or (isinstance(value, Call) and value.node is getattr(after[name], "node", None))
        for name, value in before.items()
    )


def _branch(machine: Interpreter, node: cst.If, rest: Sequence[cst.CSTNode], scope: Scope) -> tuple[bool, Jump | None]:
    """An ``if``; whether it took the rest of the block with it, and how it was left."""
    value = machine.evaluate(node.test, scope)
    truth = questions.truth(value, node)
    orelse: Sequence[cst.CSTNode] = ()
    if node.orelse is not None:
        orelse = [node.orelse] if isinstance(node.orelse, cst.If) else block(node.orelse.body)
    if isinstance(truth, bool):
        return False, run(machine, block(node.body) if truth else orelse, scope)
    return _fork(machine, node, truth, (block(node.body), orelse), rest=rest, scope=scope)


Blocks = tuple[Sequence[cst.CSTNode], Sequence[cst.CSTNode]]


def _fork(
    machine: Interpreter, node: cst.If, truth: Ask | Unknown, blocks: Blocks, *, rest: Sequence[cst.CSTNode], scope: Scope
) -> tuple[bool, Jump | None]:
    """Follow both branches, each from the same names."""
    before, exits = scope.snapshot(), len(machine.exits)
    with machine.trial() as then:
        jump = run(machine, blocks[0], scope)
    after = scope.names
    scope.names = before
    with machine.trial() as otherwise:
        other = run(machine, blocks[1], scope)
    blur(machine, node, exits)
    if jump is not None and jump.kind == "raise":
        machine.effects += otherwise  # an assertion: the migration would not have got past it
        return False, other
    if other is not None and other.kind == "raise":
        scope.names = after
        machine.effects += then
        return False, jump
    if jump is None and other is None:
        scope.names = _merge(node, after, scope.names)
        _join(machine, node, truth, then, otherwise)
        return False, None
    return True, _part(machine, node, truth, ((then, jump, after), (otherwise, other, scope.names)), rest=rest, scope=scope)


Side = tuple[list[Effect], Jump | None, dict[str, Value]]


def _part(
    machine: Interpreter, node: cst.CSTNode, truth: Ask | Unknown, sides: tuple[Side, Side], *, rest: Sequence[cst.CSTNode], scope: Scope
) -> Jump | None:
    """One branch leaves the block, so the rest of it belongs to the other."""
    ends: list[Side] = []
    exits = len(machine.exits)
    for effects, jump, names in sides:
        scope.names = names
        with machine.trial() as more:
            last = jump if jump is not None else run(machine, rest, scope)
        ends.append(([*effects, *more], last, scope.names))
    (then, jump, _), (otherwise, other, _) = ends
    blur(machine, node, exits)
    note(machine, node, truth, jump, other)
    _join(machine, node, truth, then, otherwise)
    return meet(node, truth, jump, other)


def _join(machine: Interpreter, node: cst.CSTNode, truth: Ask | Unknown, then: list[Effect], otherwise: list[Effect]) -> None:
    if isinstance(truth, Ask) and any(matters(each) for each in [*then, *otherwise]):
        machine.emit(Guard(truth.sql, node, then, otherwise))
    elif isinstance(truth, Unknown):
        doubt(machine, node, [*then, *otherwise], "whether this happens is decided at run time")


def _merge(node: cst.If, left: dict[str, Value], right: dict[str, Value]) -> dict[str, Value]:
    """The names after both branches: those that came out differently are unknown."""
    return {
        name: left[name]
        if name in left and name in right and _same(left[name], right[name])
        else Unknown(node, "which of the two it is is not known")
        for name in {**left, **right}
    }


def _same(left: Value, right: Value) -> bool:
    return left is right or (type(left) is type(right) and bool(left == right))
