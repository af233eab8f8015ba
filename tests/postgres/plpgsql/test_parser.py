"""Reading PL/pgSQL bodies."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import postgast
import pytest

from invariants.postgres.grammar import GrammarError, parse
from invariants.postgres.plpgsql import nodes as n
from invariants.postgres.plpgsql import parse_body

KINDS = {
    "PLpgSQL_stmt_assign": n.Assign,
    "PLpgSQL_stmt_if": n.If,
    "PLpgSQL_stmt_case": n.Case,
    "PLpgSQL_stmt_loop": n.Loop,
    "PLpgSQL_stmt_while": n.Loop,
    "PLpgSQL_stmt_fori": n.ForInteger,
    "PLpgSQL_stmt_fors": n.ForQuery,
    "PLpgSQL_stmt_dynfors": n.ForQuery,
    "PLpgSQL_stmt_forc": n.ForQuery,
    "PLpgSQL_stmt_foreach_a": n.ForEach,
    "PLpgSQL_stmt_exit": n.Exit,
    "PLpgSQL_stmt_raise": n.Raise,
    "PLpgSQL_stmt_assert": n.Assert,
    "PLpgSQL_stmt_execsql": n.Run,
    "PLpgSQL_stmt_call": n.Run,
    "PLpgSQL_stmt_dynexecute": n.Execute,
    "PLpgSQL_stmt_getdiag": n.Diagnostics,
    "PLpgSQL_stmt_open": n.Open,
    "PLpgSQL_stmt_fetch": n.Fetch,
    "PLpgSQL_stmt_close": n.Close,
    "PLpgSQL_stmt_perform": n.Perform,
}
"""What PostgreSQL's own parser calls the statements. (RETURN, which it adds at the end of each body, is left out, as are blocks.)"""


def bodies() -> Iterator[str]:
    """The bodies of the blocks that the interpreter is tested with."""
    folder = Path(__file__).parents[2] / "replay" / "plpgsql"
    for name in ("scenarios.sql", "doubts.sql"):
        for statement in parse((folder / name).read_text()):
            if statement.kind == "do_stmt" and len(statement.node.args) == 1:
                yield statement.node.args[0].def_elem.arg.string.sval


def theirs(node: Any) -> Iterator[tuple[str, int]]:
    """The statements that PostgreSQL's parser finds, with their lines."""
    if isinstance(node, list):
        for each in node:
            yield from theirs(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in KINDS:
                yield KINDS[key].__name__, value["lineno"]
            yield from theirs(value)


def ours(node: Any, body: str) -> Iterator[tuple[str, int]]:
    """The statements found here."""
    if isinstance(node, tuple):
        for each in node:
            yield from ours(each, body)
    elif hasattr(node, "__dataclass_fields__"):
        if type(node) in KINDS.values():
            yield type(node).__name__, body.encode()[: node.offset].count(b"\n") + 1
        for name in node.__dataclass_fields__:
            yield from ours(getattr(node, name), body)


def test_the_statements_are_those_that_postgresql_finds() -> None:
    compared = 0
    for body in bodies():
        try:
            parsed = postgast.parse_plpgsql(f"create function f() returns void language plpgsql as $x1${body}$x1$")
        except postgast.PgQueryError:
            continue  # row types of tables are too much for it
        assert sorted(ours(parse_body(body), body)) == sorted(theirs(parsed)), body
        compared += 1
    assert compared > 60


def only(text: str) -> Any:
    """The one statement of a body."""
    (statement,) = parse_body(f"begin {text} end").body
    return statement


def test_into_is_taken_out_of_a_statement() -> None:
    found = only("select a, b into strict x, r.y from t where c;")
    assert (found.query.text.split(), found.into, found.strict) == ("select a, b from t where c".split(), ("x", "r.y"), True)


@pytest.mark.parametrize("text", ["insert into t select 1;", "merge into t using u on true when matched then delete;"])
def test_into_of_a_table_stays(text: str) -> None:
    assert only(text).into == ()


def test_returning_into_is_taken_out_of_an_insert() -> None:
    found = only("insert into t values (1) returning id into v;")
    assert found.into == ("v",)
    assert found.query.text.strip() == "insert into t values (1) returning id"


def test_a_routine_with_a_body_of_statements_is_one_statement() -> None:
    found = only("create function f() returns int begin atomic select 1; select 2; end;")
    assert found.query.text.endswith("end")


def test_semicolons_in_quotes_and_comments_end_nothing() -> None:
    found = only("execute 'a; b' || $q$ c; d $q$ /* ; */ -- ;\n;")
    assert found.text.text.startswith("'a; b'")


def test_execute_takes_into_and_using_in_either_order() -> None:
    one, two = only("execute q into a using b, c;"), only("execute q using b, c into a;")
    assert (one.into, [each.text for each in one.using]) == (two.into, [each.text for each in two.using]) == (("a",), ["b", "c"])


def test_declarations() -> None:
    block = parse_body("""
        <<main>> declare
            a int; b constant text not null default 'x'; c numeric(10, 2) := 1; d app.users.name%type; e app.users%rowtype;
            f alias for a; g text[] = array['p', 'q']; h cursor (k int, l text) for select k; i text collate "C";
        begin end main;
    """)
    assert block.label == "main"
    assert [(each.name, each.type_name) for each in block.declarations] == [
        ("a", "int"), ("b", "text"), ("c", "numeric(10, 2)"), ("d", "app.users.name%type"), ("e", "app.users%rowtype"), ("f", ""),
        ("g", "text[]"), ("h", "refcursor"), ("i", "text"),
    ]  # fmt: skip
    assert [each.default.text if each.default else None for each in block.declarations[1:3]] == ["'x'", "1"]
    assert block.declarations[5].alias == "a"
    assert block.declarations[7].parameters == ("k", "l")


def test_trigger_functions_and_other_schemas_types_are_read() -> None:
    block = parse_body("declare v app.mood; r app.users; begin if tg_op = 'INSERT' then new.x := v; return new; end if; return null; end")
    assert isinstance(block.body[0], n.If)


def test_handlers() -> None:
    block = parse_body("begin null; exception when duplicate_object or sqlstate '42p07' then null; when others then raise; end")
    assert [handler.conditions for handler in block.handlers] == [("duplicate_object", "42P07"), ("others",)]


def test_a_quoted_name_is_no_keyword() -> None:
    found = only('"if" := 1;')
    assert (found.target.text, found.value.text) == ('"if"', "1")


def test_a_place_counts_bytes() -> None:
    block = parse_body("begin\n  raise notice 'é';\n  perform 1;\nend")
    assert [each.offset for each in block.body] == [8, 29]


def test_options_of_the_compiler_are_skipped() -> None:
    assert parse_body("#variable_conflict use_column\nbegin null; end").body


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("begin if a then null; end", 'expected END IF ; at "end"', 22),
        ("begin perform 1 end", 'expected ; at the end', 19),
        ("begin null; end; null;", 'unexpected text at "null"', 17),
        ("declare a int", 'expected ; or := or = or DEFAULT or NOT or COLLATE at the end', 13),
        ("", "expected BEGIN at the end", 0),
        ("begin raise exception 'x end", "unterminated quoted string", 22),
    ],
)  # fmt: skip
def test_what_does_not_parse_says_where(text: str, message: str, offset: int) -> None:
    with pytest.raises(GrammarError) as caught:
        parse_body(text)
    assert caught.value.message.startswith(message)
    assert caught.value.offset == offset
