import warnings
from typing import Any

import pytest

from invariants.python import calls
from invariants.python.interpreter import Exhausted, Interpreter, Sql
from invariants.python.source import Source
from invariants.python.values import Ask, Call, Symbol, Text, Unknown


class Quiet:
    """A host that knows nothing, and keeps what it is called with."""

    def __init__(self) -> None:
        self.called: list[Call] = []

    def attribute(self, symbol: Symbol) -> Any:
        return symbol

    def call(self, machine: Interpreter, call: Call) -> Any:
        self.called.append(call)
        if call.name == "ask":
            return Ask("asked")
        if call.name == "run":
            machine.emit(Sql(call.args[0], call.node))
        return call


def value(code: str) -> Any:
    """What ``x`` is after the code has run."""
    machine = Interpreter(Source("a.py", code.encode()), Quiet())
    machine.load()
    return machine.module.names["x"]


@pytest.mark.parametrize(
    "expression",
    [
        "1 + 2 * 3 - 4 // 2",
        "'a' 'b' + f'{1 + 1:03}{\"q\"!r}'",
        "f'{{}} {[1][0]}\\n'",
        "rb'\\x' if not [] else 0",
        "[a * 2 for a in range(5) if a % 2]",
        "{k: v for k, v in zip('ab', (1, 2))}",
        "sorted({3, 1, 2}, reverse=True)[::-1]",
        "'%s-%(x)s' if False else '%s-%s' % ('a', 1)",
        "'{0}{name}'.format('a', name='b')",
        "', '.join(str(n) for n in (1, 2))",
        "[*'ab', *[1]]",
        "{**{'a': 1}, 'b': 2}",
        r"""f'a\"{1}\'b\n'""",
        r"""'\d' r'\d' '\x41'""",
        "1 < 2 < 3 and 'x' not in 'abc' and None is None",
        "(lambda a, b=2, *c, d, **e: (a, b, c, d, e))(1, 3, 4, d=5, f=6)",
        "'  Ab '.strip().lower().replace('a', 'c').split('b')",
        "(y := 3) + y",
        "-(~1)",
        "dict(a=1).get('b', 2)",
        "max([1, 2]) + len('abc')",
    ],
)
def test_plain_expressions_come_to_what_python_says(expression: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = eval(expression)
    assert value(f"x = {expression}") == expected


@pytest.mark.parametrize(
    "code",
    [
        "x = []\nfor a in 'ab':\n    for b in (1, 2):\n        if b == 2:\n            continue\n        x.append(a + str(b))",
        "x = 0\nwhile True:\n    x += 1\n    if x > 4:\n        break",
        "def f(n):\n    if n < 2:\n        return 1\n    return n * f(n - 1)\nx = f(5)",
        "try:\n    x = 1\nexcept ValueError:\n    x = 2\nelse:\n    x += 1\nfinally:\n    x += 10",
        "(a, *b), c = [1, 2, 3], 4\nx = (a, b, c)",
        "x = {}\nx['a'] = 1\nx.update(b=2)",
        "class E:\n    A = 'a'\n    B = A + 'b'\nx = E.B",
        "import textwrap\nx = textwrap.dedent('''\n    a\n      b\n''')",
        "for x in (1, 2): pass\nelse: x = 3",
    ],
)
def test_plain_statements_do_what_python_does(code: str) -> None:
    names: dict[str, Any] = {}
    exec(code, names)
    assert value(code) == names["x"]


@pytest.mark.parametrize(
    "expression", ["imported.CONSTANT + 1", "1 / 0", "[][0]", "f'{imported.NAME}'", "'a' * 10**9", "await_me()[0]", "1 + 'a'"]
)
def test_what_cannot_be_told_is_unknown_and_no_error(expression: str) -> None:
    assert isinstance(value(f"import imported\nfrom imported import await_me\nx = {expression}"), (Unknown, Call, Symbol))


def test_a_text_with_a_hole_keeps_the_rest_as_a_sketch() -> None:
    found = value("import app\nx = 'ALTER TABLE ' + app.NAME + f' ENABLE {app.WHAT}'")
    assert isinstance(found, Unknown)
    assert found.sketch.startswith("ALTER TABLE ")
    assert " ENABLE " in found.sketch


def test_a_text_knows_the_literals_that_it_is_made_of() -> None:
    found = value("a = 'b'\nx = f'x{a}y' 'z'")
    assert isinstance(found, Text)
    assert [part.text for part in found.parts] == ["x", "b", "y", "z"]


def effects(body: str) -> list[Any]:
    source = Source("a.py", f"import db\ndef main():\n{body}\n".encode())
    machine = Interpreter(source, Quiet())
    machine.load()
    calls.invoke(machine, machine.module.names["main"], [], {}, source.tree)
    return machine.effects


def test_a_branch_that_the_database_decides_is_a_guard() -> None:
    [guard] = effects("    if not db.ask():\n        db.run('a')\n    else:\n        db.run('b')")
    assert (guard.condition, [each.text for each in guard.then], [each.text for each in guard.otherwise]) == ("NOT (asked)", ["a"], ["b"])


def test_a_return_in_such_a_branch_takes_the_rest_along() -> None:
    [guard] = effects("    if db.ask():\n        return\n    db.run('a')")
    assert (guard.then, [each.text for each in guard.otherwise]) == ([], ["a"])


def test_an_error_in_such_a_branch_is_an_assertion() -> None:
    assert [each.text for each in effects("    if db.ask():\n        raise ValueError\n    db.run('a')")] == ["a"]


def test_a_name_that_the_branches_set_apart_is_unknown_after_them() -> None:
    [run] = effects("    t = 'a'\n    same = 'c'\n    if db.ask():\n        t = 'b'\n        same = 'c'\n    db.run(same)\n    x = t")
    assert run.text == "c"


def test_places_are_those_of_an_editor() -> None:
    source = Source("a.py", "x = 1\r\n\tif_ = ('ü', foo(\r\n 'a'))\r\n".replace("\t", "").encode())
    tree: Any = source.tree
    call = tree.body[1].body[0].value.elements[1].value
    assert source.place(call) == ("a.py", 2, 13, 3, 6)


def test_a_file_without_a_last_line_break_has_places_too() -> None:
    source = Source("a.py", b"x = foo()")
    tree: Any = source.tree
    assert source.place(tree.body[0].body[0].value) == ("a.py", 1, 5, 1, 10)


def test_code_is_given_up_after_so_many_steps() -> None:
    with pytest.raises(Exhausted):
        value("x = 0\nfor a in range(100000):\n    for b in range(1000):\n        x += 1")
