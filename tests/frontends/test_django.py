import json
import textwrap
from typing import Any

import pytest

from invariants.facts.ddl import Handed, Operation, Parent, Replacement, Revision, Statement
from invariants.facts.source import Unread
from invariants.frontends.django import read

PATH = "server/shop/migrations/0002_next.py"


def migration(operations: str, *, before: str = "", attributes: str = "") -> str:
    listed = textwrap.indent(textwrap.dedent(operations).strip(), " " * 8)
    body = f"{textwrap.indent(textwrap.dedent(attributes).strip(), '    ')}\n    operations = [\n{listed}\n    ]\n"
    head = f"from django.conf import settings\nfrom django.db import migrations, models\n{textwrap.dedent(before)}"
    return f"{head}\n\nclass Migration(migrations.Migration):\n{body}"


def facts(source: str) -> list[Any]:
    return list(read(PATH, source.encode()))


def of(kind: type[Any], source: str) -> list[Any]:
    return [each for each in facts(source) if isinstance(each, kind)]


def test_the_graph_is_told_by_the_class() -> None:
    attributes = """
    replaces = [("shop", "0001_initial")]
    dependencies = [("shop", "0001_initial"), ("auth", "0012_x"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    run_before = [("blog", "0001_initial")]
    """
    source = migration("", attributes=attributes)
    [revision] = of(Revision, source)
    assert (revision.name, revision.at.line) == ("shop.0002_next", 5)
    assert [(each.revision, each.parent) for each in of(Parent, source)] == [
        ("shop.0002_next", "shop.0001_initial"),
        ("shop.0002_next", "auth.0012_x"),
        ("shop.0002_next", "settings.AUTH_USER_MODEL.__first__"),
        ("blog.0001_initial", "shop.0002_next"),
    ]
    assert [(each.revision, each.replaced) for each in of(Replacement, source)] == [("shop.0002_next", "shop.0001_initial")]


def test_the_migration_that_makes_the_user_model_answers_for_it() -> None:
    source = migration('migrations.CreateModel("Person", [("password", models.TextField()), ("last_login", models.DateField())]),')
    assert [each.name for each in of(Revision, source)] == ["shop.0002_next", "settings.AUTH_USER_MODEL.0002_next"]


def test_operations_on_models_are_kept_for_replay() -> None:
    [operation] = of(Operation, migration('migrations.AddField("Task", name="a", field=models.CharField(max_length=5)),'))
    assert (operation.kind, operation.app, operation.position, operation.at.line) == ("AddField", "shop", 0, 8)
    field = {"call": "django.db.models.CharField", "args": [], "kwargs": {"max_length": 5}, "line": 8}
    assert json.loads(operation.body) == {"args": ["Task"], "kwargs": {"name": "a", "field": field}}


@pytest.mark.parametrize(
    ("operation", "sql"),
    [
        ('migrations.RunSQL("DROP TABLE a; DROP TABLE b", "CREATE TABLE a ()"),', ["DROP TABLE a", "DROP TABLE b"]),
        ('migrations.RunSQL(["DROP TABLE a", ("COMMENT ON TABLE b IS %s", ["x"])]),', ["DROP TABLE a", "COMMENT ON TABLE b IS 'x'"]),
        ('migrations.RunSQL(sql=SQL.format(table="a")),', ["ALTER TABLE a ENABLE ROW LEVEL SECURITY"]),
        (
            "*[migrations.RunSQL(SQL.format(table=t)) for t in ('a', 'b')],",
            ["ALTER TABLE a ENABLE ROW LEVEL SECURITY", "ALTER TABLE b ENABLE ROW LEVEL SECURITY"],
        ),
        ("migrations.RunSQL(migrations.RunSQL.noop),", []),
        ("django.contrib.postgres.operations.TrigramExtension(),", ['CREATE EXTENSION IF NOT EXISTS "pg_trgm"']),
        ("Secure('a'),", ["ALTER TABLE a ENABLE ROW LEVEL SECURITY"]),
        ("migrations.RunPython(secure, migrations.RunPython.noop),", ["ALTER TABLE a ENABLE ROW LEVEL SECURITY"]),
        ("migrations.RunPython(rows),", []),
        ("migrations.RunPython(cursor),", ["ALTER TABLE a ENABLE ROW LEVEL SECURITY"]),
        ("migrations.RunPython(migrations.RunPython.noop),", []),
        (
            "migrations.SeparateDatabaseAndState(database_operations=[migrations.RunSQL('DROP TABLE a')], state_operations=[]),",
            ["DROP TABLE a"],
        ),
    ],
)
def test_sql_is_read_where_it_is_run(operation: str, sql: list[str]) -> None:
    before = """
    import django.contrib.postgres.operations

    SQL = "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"


    class Secure(migrations.RunSQL):
        def __init__(self, table):
            super().__init__(sql=SQL.format(table=table), reverse_sql="")


    def secure(apps, schema_editor):
        if schema_editor.connection.vendor != "postgresql":
            return
        for table in ["a"]:
            schema_editor.execute(SQL.format(table=table))


    def cursor(apps, schema_editor):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("ALTER TABLE a ENABLE ROW LEVEL SECURITY")


    def rows(apps, schema_editor):
        Task = apps.get_model("shop", "Task")
        for task in Task.objects.filter(done=True):
            task.title = task.title.strip()
            task.save()
    """
    source = migration(operation, before=before)
    assert [each.body for each in of(Statement, source)] == sql
    assert of(Unread, source) == []


def test_sql_stands_at_its_exact_place() -> None:
    source = migration('migrations.RunSQL("""\n    DROP TABLE a;\n    DROP TABLE b;\n"""),')
    for each in of(Statement, source):
        assert source.splitlines()[each.at.line - 1][each.at.column - 1 : each.at.end_column - 1] == each.body


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("migrations.RunSQL(f'ALTER TABLE a OWNER TO {app.conf.USER}'),", "app.conf.USER"),
        ("migrations.RunPython(app.secure.enable),", "app.secure.enable"),
        ("migrations.RunPython(models_of),", "create_model"),
        ("app.operations.EnableRls('a'),", "app.operations.EnableRls"),
        ("app.operations.LIST,", "run time"),
        (
            "migrations.AddConstraint('task', app.rls.RowLevel('tenant_id', name='rls')),",
            "app.rls.RowLevel",
        ),
        ("migrations.CreateModel('T', [], options={'constraints': [app.rls.Rls(name='rls')]}),", "app.rls.Rls"),
        ("Own(),", "Own"),
    ],
)
def test_what_is_defined_elsewhere_is_named(operation: str, words: str) -> None:
    before = """
    import app


    def models_of(apps, schema_editor):
        schema_editor.create_model(apps.get_model("shop", "Task"))


    class Own(migrations.operations.base.Operation):
        def database_forwards(self, app_label, schema_editor, from_state, to_state):
            pass
    """
    [doubt] = of(Unread, migration(operation, before=before))
    assert words in doubt.message


def test_operations_decided_at_run_time_are_said() -> None:
    [doubt] = of(
        Unread,
        (
            "from django.db import migrations\nfrom app import OPERATIONS\n\n"
            "class Migration(migrations.Migration):\n    operations = OPERATIONS\n"
        ),
    )
    assert doubt.reason == "dynamic"


def test_other_python_files_say_nothing() -> None:
    assert facts("from django.db import models\n\nclass Migration(models.Model):\n    pass\n") == []
    assert facts("import os\n") == []


def test_a_file_that_is_no_python_is_a_doubt() -> None:
    [doubt] = facts("from django import x\nclass Migration(:\n")
    assert doubt.reason == "syntax"


HELPERS = "from shop.security import Isolate, isolate, listed, seed\n"


@pytest.mark.parametrize(
    ("operation", "code", "names"),
    [
        ('Isolate(model_name="order"),', "", {"order"}),
        ('migrations.RunPython(partial(isolate, "orders")),', "from functools import partial", {"isolate", "orders"}),
        ("migrations.RunPython(isolate),", "", {"isolate", ""}),
        ("migrations.RunPython(fill),", 'def fill(apps, schema_editor):\n    isolate("orders", schema_editor)', {"orders"}),
        (
            "migrations.RunPython(fill),",
            'def fill(apps, schema_editor):\n    seed(apps.get_model("shop", "Order"))',
            {"shop", "Order", "shop.Order"},
        ),
        ("migrations.RunPython(fill),", "def fill(apps, schema_editor):\n    isolate(schema_editor)", {""}),
    ],
)
def test_what_code_of_other_files_names_is_told(operation: str, code: str, names: set[str]) -> None:
    found = of(Handed, migration(operation, before=HELPERS + code))
    assert {each.name for each in found} - {"security"} == names
    assert {each.app for each in found} == {"shop"}


@pytest.mark.parametrize(
    ("call", "is_said"), [("isolate()", True), ("seed(schema_editor)", True), ("seed(apps)", False), ("print(schema_editor)", False)]
)
def test_code_of_other_files_is_a_doubt_where_it_is_given_the_connection_or_named_after_row_security(call: str, is_said: bool) -> None:
    code = f"def fill(apps, schema_editor):\n    {call}"
    said = [each.message for each in of(Unread, migration("migrations.RunPython(fill),", before=HELPERS + code))]
    assert said == [f"what {call.partition('(')[0]} does is defined in another file, shop.security"][:is_said]


def test_sql_that_is_known_in_part_is_told() -> None:
    code = 'def fill(apps, s):\n    for t in listed():\n        s.execute(f"ALTER TABLE {t} ENABLE ROW LEVEL SECURITY")'
    found = of(Handed, migration("migrations.RunPython(fill),", before=HELPERS + code))
    assert [each.body for each in found if each.body] == ["ALTER TABLE \ufffd ENABLE ROW LEVEL SECURITY"]
    [known] = of(Handed, migration('migrations.RunSQL(f"ALTER TABLE a {listed} ROW LEVEL SECURITY"),', before=HELPERS))
    assert known.body == "ALTER TABLE a \ufffd ROW LEVEL SECURITY"


def test_a_note_to_a_linter_runs_nothing() -> None:
    assert not of(Unread, migration("linter.IgnoreMigration(),", before="import django_migration_linter as linter"))
