import textwrap
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontends.alembic_cases import CASES, HEADER, Case
from frontends.odd import ODD, VALUE
from invariants.facts.ddl import Handed, Parent, Revision, Statement
from invariants.facts.source import Unread
from invariants.frontends.alembic import read
from invariants.postgres.grammar import parse, wrap, write

PATH = "versions/1.py"


def migration(code: str, before: str = "") -> str:
    body = textwrap.indent(textwrap.dedent(code).strip(), "    ")
    header = HEADER.replace("\n\ndef upgrade", f"\n{textwrap.dedent(before)}\n\ndef upgrade") if before else HEADER
    return header + body + "\n"


def facts(source: str) -> list[Any]:
    return list(read(PATH, source.encode()))


def statements(source: str) -> list[Statement]:
    return [each for each in facts(source) if isinstance(each, Statement)]


def doubts(source: str) -> list[Unread]:
    return [each for each in facts(source) if isinstance(each, Unread)]


def sql(source: str) -> list[str]:
    return [each.body for each in statements(source)]


def normalised(texts: list[str]) -> list[str]:
    """As PostgreSQL writes them back, a table's constraints in no order."""
    found = []
    for statement in [each for text in texts for each in parse(text)]:
        if statement.kind == "create_stmt":
            columns = [each for each in statement.node.table_elts if each.WhichOneof("node") == "column_def"]
            others = sorted((each for each in statement.node.table_elts if each.WhichOneof("node") != "column_def"), key=_alone)
            del statement.node.table_elts[:]
            statement.node.table_elts.extend([*columns, *others])
        found.append(write(wrap(statement.kind, statement.node)))
    return found


def _alone(constraint: Any) -> str:
    create = parse("CREATE TABLE t ()")[0]
    create.node.table_elts.append(constraint)
    return write(wrap(create.kind, create.node))


@pytest.mark.parametrize("case", CASES, ids=[each.name for each in CASES])
def test_operations_run_the_sql_that_alembic_emits(case: Case) -> None:
    source = migration(case.code)
    assert normalised(sql(source)) == normalised(list(case.sql))
    assert doubts(source) == []


def test_a_statement_says_its_kind_and_its_place_in_the_file() -> None:
    found = statements(migration('op.drop_table("a")\nop.create_index("i", "a", ["b"])'))
    assert [(each.kind, each.position) for each in found] == [("drop_stmt", 0), ("index_stmt", 1)]
    assert (found[1].at.line, found[1].at.column, found[1].at.end_column) == (11, 5, 37)


def test_columns_of_a_table_stand_on_their_own_lines() -> None:
    [table] = statements(
        migration('op.create_table(\n    "t",\n    sa.Column("a", sa.Text()),\n\n    sa.Column("tenant_id", sa.Uuid()),\n)')
    )
    line = table.at.line + table.body[: table.body.index('"tenant_id"')].count("\n")
    assert line == table.at.line + 4


def test_statements_in_a_literal_stand_at_their_exact_place() -> None:
    source = migration('op.execute("""\n    -- the table\n    CREATE TABLE a (id int);\n    CREATE TABLE "ü" (id int);\n""")')
    first, second = statements(source)
    lines = source.splitlines()
    for each in (first, second):
        assert lines[each.at.line - 1][each.at.column - 1 : each.at.end_column - 1] == each.body
    assert (first.body, second.body) == ("CREATE TABLE a (id int)", 'CREATE TABLE "ü" (id int)')


def test_escapes_in_a_literal_do_not_move_places() -> None:
    source = migration(r"""op.execute('SELECT \'a\';\tDROP TABLE b')""")
    drop = statements(source)[1]
    assert source.splitlines()[drop.at.line - 1][drop.at.column - 1 : drop.at.end_column - 1] == "DROP TABLE b"


@pytest.mark.parametrize("separator", ["\f", "\v", "\x1c", "\x85", "\u2028", "\u2029"])
def test_what_only_unicode_takes_for_the_end_of_a_line_moves_no_place(separator: str) -> None:
    """Neither in a string before the statement nor in one that holds it."""
    source = f'{HEADER}    note = """{separator}"""  # {separator}\n    op.execute("""\n    -- {separator}\n    DROP TABLE a;\n""")\n'
    [drop] = statements(source)
    assert source.split("\n")[drop.at.line - 1] == "    DROP TABLE a;"


def test_line_ends_of_another_system_do_not_move_places() -> None:
    source = migration('op.execute("""\n    DROP TABLE a;\n    DROP TABLE b;\n""")').replace("\n", "\r\n")
    for each in statements(source):
        assert source.split("\r\n")[each.at.line - 1][each.at.column - 1 : each.at.end_column - 1] == each.body


def test_the_graph_is_told_by_revision_variables() -> None:
    found = facts(
        'revision: str = "c"\ndown_revision = ("a", "b")\nbranch_labels = ("side",)\ndepends_on = "x"\ndef upgrade():\n    pass\n'
    )
    assert [each.name for each in found if isinstance(each, Revision)] == ["c", "side"]
    assert [(each.revision, each.parent, each.at.line) for each in found if isinstance(each, Parent)] == [
        ("c", "a", 2),
        ("c", "b", 2),
        ("c", "x", 4),
    ]


def test_other_python_files_say_nothing() -> None:
    assert facts("import os\nrevision = 3\n") == []
    assert facts("def upgrade():\n    'revision'\n") == []


def test_downgrade_is_never_read() -> None:
    assert sql(migration("pass") + '\n\ndef downgrade():\n    op.drop_table("a")\n') == []


def test_helpers_of_the_file_are_followed_with_their_arguments() -> None:
    source = migration(
        'secure("a")\nsecure("b", force=True)',
        """
        TEMPLATE = "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"


        def secure(table: str, *, force: bool = False) -> None:
            op.execute(TEMPLATE.format(table=table))
            if force:
                op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        """,
    )
    assert sql(source) == [
        "ALTER TABLE a ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE b ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE b FORCE ROW LEVEL SECURITY",
    ]


@pytest.mark.parametrize(
    "loop",
    [
        'for t in sorted({"b", "a"}): run(t)',
        'for t, _ in zip(["a", "b"], [1, 2]): run(t)',
        'for i, t in enumerate(["a", "b"]): run(t)',
        'for t in [x for x in ["a", "skip", "b"] if x != "skip"]: run(t)',
        'for t in ["ab"[0:1], *["b"]]: run(t)',
        'names = []\nnames.append("a")\nnames += ["b"]\nfor t in names: run(t)',
        "for t in (Name.A, Name.B.value): run(t)",
        'for t in "a, b".split(", "): run(t)',
        "for t in reversed(TABLES[::-1]): run(t)",
        'for group in {"x": ["a"], "y": ["b"]}.values():\n    for t in group: run(t)',
        "[run(t) for t in TABLES]",
        "i = 0\nwhile i < 2:\n    run(TABLES[i])\n    i += 1",
    ],
)
def test_loops_over_constants_are_gone_through(loop: str) -> None:
    before = """
        import enum

        TABLES = ["a", "b"]


        class Name(str, enum.Enum):
            A = "a"
            B = "b"


        def run(table):
            op.execute("DROP TABLE " + table)
    """
    assert sql(migration(loop, before)) == ["DROP TABLE a", "DROP TABLE b"]


def test_a_dialect_guard_is_true_for_postgresql() -> None:
    code = 'if op.get_bind().dialect.name != "postgresql":\n    return\nop.execute("DROP TABLE a")'
    assert sql(migration(code)) == ["DROP TABLE a"]


def test_enum_types_are_created_with_the_table_and_by_themselves() -> None:
    code = """
    mood = postgresql.ENUM("sad", "ok", name="mood", create_type=False)
    mood.create(op.get_bind(), checkfirst=False)
    op.create_table("t", sa.Column("m", mood), sa.Column("s", sa.Enum("x", name="size", schema="s")))
    sa.Enum(name="old").drop(op.get_bind(), checkfirst=True)
    """
    found = sql(migration(code))
    assert found[0] == """CREATE TYPE "mood" AS ENUM ('sad', 'ok')"""
    assert """CREATE TYPE "s"."size" AS ENUM ('x'); EXCEPTION WHEN duplicate_object""" in found[1]
    assert normalised(found[2:]) == normalised(["CREATE TABLE t (m mood, s s.size)", "DROP TYPE IF EXISTS old"])


def test_what_the_database_is_asked_becomes_a_condition() -> None:
    code = """
    inspector = sa.inspect(op.get_bind())
    columns = {column["name"] for column in inspector.get_columns("t")}
    if not inspector.has_table("u"):
        op.create_table("u", sa.Column("a", sa.Text()))
    if "b" not in columns:
        op.add_column("t", sa.Column("b", sa.Text()))
    """
    table, column = sql(migration(code))
    assert "IF NOT (EXISTS (SELECT 1 FROM information_schema.tables" in table
    assert "table_name = 'u'" in table
    assert "r.\"name\" = 'b'" in column
    assert 'ADD COLUMN "b" text' in column


def test_an_early_return_guards_the_rest() -> None:
    code = """
    found = op.get_bind().execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": "app"}).scalar()
    if found:
        return
    op.execute("CREATE ROLE app")
    """
    _, block = sql(migration(code))
    assert block.startswith("DO $invariants$BEGIN IF NOT (EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app')) THEN")
    assert "CREATE ROLE app; " in block
    parse(block)


@pytest.mark.parametrize(
    ("executed", "body"),
    [
        ("sa.text('INSERT INTO t VALUES (:a, :b)'), [{'a': x, 'b': y} for x, y in PAIRS]", "INSERT INTO t VALUES (NULL, NULL)"),
        (
            "sa.text('DELETE FROM t WHERE a IN :all').bindparams(sa.bindparam('all', expanding=True)), {'all': ['x', 'y']}",
            "DELETE FROM t WHERE a IN (NULL)",
        ),
        ("sa.text('UPDATE t SET a = :a WHERE b = ANY(:all)'), {'a': 1, 'all': ['x']}", "UPDATE t SET a = 1 WHERE b = ANY(NULL)"),
    ],
)
def test_rows_and_lists_of_parameters_are_bound_without_their_values(executed: str, body: str) -> None:
    source = migration(f"op.get_bind().execute({executed})", "PAIRS = [('x', 1), ('y', 2)]")
    assert sql(source) == [body]
    assert doubts(source) == []


def test_a_helper_that_asks_is_asked_where_it_is_called() -> None:
    before = """
    def has_column(table, column):
        query = "SELECT 1 FROM information_schema.columns WHERE table_name = :t AND column_name = :c"
        return op.get_bind().execute(sa.text(query), {"t": table, "c": column}).fetchone() is not None
    """
    block = sql(migration('if has_column("t", "c"):\n    op.drop_column("t", "c")', before))[-1]
    assert "IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'c') THEN" in block


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("from app.models import TABLES\nfor t in TABLES:\n    op.drop_table(t)", 11),
        ("import os\nop.execute(f\"ALTER TABLE {os.environ['T']} DISABLE ROW LEVEL SECURITY\")", 11),
        ("import os\nif os.getenv('X'):\n    op.drop_table('a')", 11),
        ("from app.rls import enable_rls\nenable_rls('a')", 11),
        ("from app import thing\nthing.apply(op.get_bind())", 11),
        ("for row in op.get_bind().execute(sa.text('SELECT tablename FROM pg_tables')):\n    op.execute(f'DROP TABLE {row[0]}')", 11),
        ("op.sync_everything()", 10),
        ("op.execute('CREATE TABEL a ()')", 10),
        ("while sa.func.now():\n    op.drop_table('a')", 10),
    ],
)
def test_what_cannot_be_told_is_said_at_its_line(code: str, line: int) -> None:
    source = migration(code)
    [doubt] = doubts(source)
    assert (doubt.at.line, bool(doubt.remedy)) == (line, True)


@pytest.mark.parametrize(
    "code",
    [
        (
            "import uuid\nfor row in op.get_bind().execute(sa.text('SELECT id FROM a')):\n"
            "    op.execute(f\"UPDATE a SET b = '{uuid.uuid4()}' WHERE id = {row.id}\")"
        ),
        "op.bulk_insert(sa.table('a', sa.column('b')), [{'b': 1}])",
        "from app import load\nrows = load()\nfor each in rows:\n    op.get_bind().execute(sa.insert(table).values(x=each))",
        "from app.log import logger\nlogger.info('done')",
        "if op.get_bind().execute(sa.text('SELECT count(*) FROM a')).scalar() > 0:\n    raise RuntimeError('rows are left')",
    ],
)
def test_what_is_about_rows_only_is_no_doubt(code: str) -> None:
    assert doubts(migration(code)) == []


def test_an_application_type_is_unknown() -> None:
    source = migration('from app.types import StringEnum\nop.add_column("t", sa.Column("a", StringEnum(Status), nullable=False))')
    assert sql(source) == ['ALTER TABLE "t" ADD COLUMN "a" unknown NOT NULL']


def test_a_type_decorator_of_the_file_is_what_it_stands_on() -> None:
    before = """
    class Code(sa.TypeDecorator):
        impl = sa.String(8)
    """
    assert sql(migration('op.add_column("t", sa.Column("a", Code()))', before)) == ['ALTER TABLE "t" ADD COLUMN "a" varchar(8)']


def test_entities_of_alembic_utils_are_created_and_dropped() -> None:
    before = """
    from alembic_utils.pg_policy import PGPolicy
    from alembic_utils.pg_function import PGFunction

    owner = PGPolicy(schema="public", signature="own", on_entity="public.t", definition="USING (true)")
    me = PGFunction(schema="public", signature="me(a integer)", definition="returns int language sql as $$ select 1 $$")
    """
    found = sql(migration("op.create_entity(me)\nop.create_entity(owner)\nop.drop_entity(owner)", before))
    assert found == [
        'CREATE FUNCTION "public"."me"(a integer) returns int language sql as $$ select 1 $$',
        'CREATE POLICY "own" ON public.t USING (true)',
        'DROP POLICY "own" ON public.t',
    ]


@pytest.mark.parametrize(
    "content", [b"def upgrade(:\nrevision", b"\xff\xfe down_revision def upgrade", b"revision = 1\ndef upgrade(): x = " + b"(" * 3000]
)
def test_a_file_that_is_no_python_is_a_doubt(content: bytes) -> None:
    [doubt] = list(read(PATH, content))
    assert isinstance(doubt, Unread)
    assert doubt.reason == "syntax"


@given(st.binary())
@settings(deadline=None)
def test_random_bytes_raise_nothing(content: bytes) -> None:
    list(read(PATH, b"revision = down_revision = None\ndef upgrade(): pass\n" + content))


@given(st.sampled_from(CASES), st.integers(min_value=0), st.sampled_from(ODD))
@settings(deadline=None)
def test_odd_arguments_raise_nothing(case: Case, where: int, odd: str) -> None:
    source = migration(case.code)
    values = list(VALUE.finditer(source))
    match = values[where % len(values)]
    for fact in facts(source[: match.start()] + odd + source[match.end() :]):
        assert isinstance(fact, (Handed, Revision, Parent, Statement, Unread))


@pytest.mark.parametrize("assignment", ["down_revision, x = 'a', 1", "for down_revision in ['a']: pass", "(branch_labels := ['a'])"])
def test_a_graph_that_is_assigned_in_another_way_raises_nothing(assignment: str) -> None:
    found = facts(f"revision = 'b'\ndown_revision = None\n{assignment}\ndef upgrade(): pass\n")
    assert any(isinstance(each, Revision) for each in found)


def test_code_without_an_end_is_given_up_with_a_word() -> None:
    [doubt] = doubts(migration("x = 0\nwhile True:\n    x += 1"))
    assert "end" in doubt.message
    [recursion] = doubts(migration("again()", "def again():\n    again()\n"))
    assert recursion.reason == "size"


def test_what_stands_behind_a_loop_over_rows_is_read() -> None:
    loop = """
    while True:
        taken = op.get_bind().execute(sa.text("SELECT count(*) FROM t WHERE code = 'x'")).scalar()
        if taken == 0:
            break
        op.execute("UPDATE t SET code = 'y'")
    op.drop_table("b")
    """
    assert sql(migration(loop))[-1] == 'DROP TABLE "b"'
    assert doubts(migration(loop)) == []
    [doubt] = doubts(migration(loop.replace("UPDATE t SET code = 'y'", "ALTER TABLE t DISABLE ROW LEVEL SECURITY")))
    assert doubt.message == "how often this loop runs is decided at run time"


def test_functions_called_under_a_condition_are_performed_and_mere_questions_left_out() -> None:
    code = """
    if sa.inspect(op.get_bind()).has_table("a"):
        op.get_bind().execute(sa.text("SELECT 1 FROM a"))
        op.execute("SELECT secure('a')")
        op.execute("CREATE VIEW v AS " "SELECT 1")
        op.create_index("i", "a", ["b"], postgresql_concurrently=True)
    """
    [block] = sql(migration(code))
    for words in ("PERFORM secure('a');", "CREATE VIEW v AS SELECT 1;", 'CREATE INDEX  "i" ON'):
        assert words in block
    assert "FROM a" not in block


def handed(source: str) -> list[tuple[str, str]]:
    return [(each.name, each.body) for each in facts(source) if isinstance(each, Handed)]


@pytest.mark.parametrize(
    ("code", "names"),
    {
        'secure(op, "orders")': {"orders"},
        'secure(op, table="shop.orders", also=["lines", {"notes": 1}])': {"shop.orders", "lines", "notes"},
        'for t in ("a", "b"):\n    secure(op, t)': {"a", "b"},
        "tables.orders.secure(op)": {"orders", ""},
        "secure(op.get_bind(), tables.orders)": {"orders", ""},
        'Guard("orders").secure()': {"orders"},
        'op.secure("orders")': {"orders"},
        "secure(op)": {""},
        "for t in listed():\n    secure(op, t)": {""},
    }.items(),
)
def test_what_code_of_other_files_names_is_told(code: str, names: set[str]) -> None:
    source = migration(code, "from shop import tables\nfrom shop.security import Guard, listed, secure")
    assert {name for name, _ in handed(source)} - {"security"} == names
    assert all(not body for _, body in handed(source))


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ('for t in listed():\n    op.execute(f"ALTER TABLE {t} FORCE ROW LEVEL SECURITY")', "ALTER TABLE \ufffd FORCE ROW LEVEL SECURITY"),
        ('if listed():\n    op.execute("ALTER TABLE a FORCE ROW LEVEL SECURITY")', "ALTER TABLE a FORCE ROW LEVEL SECURITY"),
        ('apply("ALTER TABLE a FORCE ROW LEVEL SECURITY")', "ALTER TABLE a FORCE ROW LEVEL SECURITY"),
    ],
)
def test_sql_that_may_be_run_is_told_as_far_as_it_is_known(code: str, body: str) -> None:
    assert ("", body) in handed(migration(code, "from shop.security import apply, listed"))


@pytest.mark.parametrize("code", ['op.execute("SELECT 1")', 'print("orders")', 'op.drop_table("orders")', 'sa.table("orders")'])
def test_what_is_known_hands_nothing_on(code: str) -> None:
    assert handed(migration(code)) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    {
        'a = op.get_bind()\nb = a.dialect.name if a else ""\nif b == "postgresql":\n    op.drop_table("a")': "DROP TABLE a",
        'if getattr(op.get_bind().engine.dialect, "name", "") == "postgresql":\n    op.drop_table("a")': "DROP TABLE a",
        "op.execute(f\"ALTER TABLE a ALTER b SET DEFAULT '{ONE}'\")": f"ALTER TABLE a ALTER b SET DEFAULT '{UUID(int=1)}'",
        'op.add_column("a", sa.Column("b", sa.Date(), server_default=func.now()))': "ALTER TABLE a ADD COLUMN b DATE DEFAULT now()",
    }.items(),
)
def test_what_migrations_work_out_for_themselves_is_told(code: str, expected: str) -> None:
    before = "from uuid import UUID\nfrom sqlalchemy.sql import func\nONE = UUID('{00000000-0000-0000-0000-000000000001}')"
    source = migration(code, before)
    assert normalised(sql(source)) == normalised([expected])
    assert doubts(source) == []


def test_a_question_about_a_row_by_the_name_of_its_column_is_put_to_the_database() -> None:
    code = 'keys = sa.inspect(bind).get_foreign_keys("a")\nif not any(each.get("name") == "fk" for each in keys):\n    op.drop_table("a")'
    [block] = sql(migration(code))
    assert "constraint_type = 'FOREIGN KEY'" in block
    assert "\"name\" = 'fk'" in block


LOOP = """
at = 0
while True:
    rows = op.get_bind().execute(sa.text("SELECT a FROM a LIMIT 9")).fetchall()
    if not rows:
        break
    op.execute("{}")
    at += 1
"""


def test_a_loop_that_ends_when_rows_do_is_a_doubt_only_if_it_changes_the_schema() -> None:
    assert facts(migration(LOOP.format("UPDATE a SET b = 1")))[2:] == []
    [doubt] = doubts(migration(LOOP.format("DROP TABLE a")))
    assert doubt.message == "how often this loop runs is decided at run time"


def test_a_name_from_a_module_of_which_everything_was_imported_is_of_that_module() -> None:
    [doubt] = doubts(migration('secure(op, "orders")\nlen("a")', "from shop.security import *"))
    assert doubt.message == "what secure does is defined in another file, shop.security"


ASKING = """
def found(bind):
    for each in sa.inspect(bind).get_columns("a"):
        if {}:
            return True
    return False
"""


def test_a_loop_over_rows_that_returns_asks_whether_there_is_such_a_row() -> None:
    [block] = sql(migration('if not found(op.get_bind()):\n    op.drop_table("a")', ASKING.format('each["name"] == "b"')))
    assert block.startswith("DO $invariants$BEGIN IF NOT (EXISTS (SELECT 1 FROM (SELECT column_name AS name")


@pytest.mark.parametrize("asked", ['each["name"].startswith("b")', 'not each["name"] == "b"', 'each["name"] == "b" and each["type"] == op'])
def test_a_loop_that_returns_for_reasons_of_its_own_leaves_what_depends_on_it_in_doubt(asked: str) -> None:
    source = migration('if not found(op.get_bind()):\n    op.drop_table("a")\nop.drop_table("b")', ASKING.format(asked))
    assert sql(source) == ['DROP TABLE "b"']
    assert [each.message for each in doubts(source)] == ["whether this happens is decided at run time"]


def test_what_follows_a_loop_that_may_return_is_in_doubt() -> None:
    source = migration('for each in op.get_bind().execute(x):\n    if each:\n        return\nop.drop_table("a")')
    assert sql(source) == []
    assert "whether this happens is decided at run time" in [each.message for each in doubts(source)]
