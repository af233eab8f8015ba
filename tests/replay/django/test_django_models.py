import textwrap
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontends.odd import ODD, VALUE
from invariants.facts import db
from invariants.facts.ddl import Operation, Statement
from invariants.facts.place import PLATFORM
from invariants.facts.source import Unread
from invariants.frontends.django import read
from invariants.replay.django import resolve
from replay.django.cases import BEFORE, CASES, HEADER, Case


def migration(code: str) -> str:
    return f"{HEADER}    operations = [\n{textwrap.indent(textwrap.dedent(code).strip(), ' ' * 8)}\n    ]\n"


def resolved(*codes: str) -> list[list[Any]]:
    """The facts of migrations, one after another, after those of ``BEFORE``."""
    files = [f"shop/migrations/{number:04}_x.py" for number in range(len(codes) + 1)]
    found = [(path, list(read(path, migration(code).encode()))) for path, code in zip(files, [BEFORE, *codes], strict=True)]
    return [facts for _, facts in resolve(found)[1:]]


def sql(facts: list[Any]) -> list[str]:
    return [" ".join(each.body.split()).replace("( ", "(") for each in facts if isinstance(each, Statement)]


def doubts(facts: list[Any]) -> list[Unread]:
    return [each for each in facts if isinstance(each, Unread)]


@pytest.mark.parametrize("case", CASES, ids=[each.name for each in CASES])
def test_operations_run_the_sql_that_django_runs(case: Case) -> None:
    [facts] = resolved(case.code)
    assert sql(facts) == list(case.sql)
    assert doubts(facts) == []


def test_no_operation_is_left_and_positions_count_statements() -> None:
    [facts] = resolved('migrations.RunSQL("SELECT 1"),\nmigrations.DeleteModel("Task"),')
    assert not any(isinstance(each, Operation) for each in facts)
    assert [(each.position, each.kind) for each in facts if isinstance(each, Statement)] == [
        (0, "select_stmt"),
        (1, "drop_stmt"),
        (2, "drop_stmt"),
    ]


def test_the_order_is_that_of_positions_however_facts_are_kept() -> None:
    files = {
        "shop/migrations/0001_x.py": BEFORE,
        "shop/migrations/0002_x.py": 'migrations.DeleteModel("Task"),\nmigrations.RunSQL("SELECT 1"),',
    }
    kept = [(path, list(reversed(list(read(path, migration(code).encode()))))) for path, code in files.items()]
    assert sql(resolve(kept)[1][1]) == ['DROP TABLE "shop_task_labels" CASCADE', 'DROP TABLE "shop_task" CASCADE', "SELECT 1"]


def test_columns_of_a_table_stand_on_the_lines_of_their_fields() -> None:
    fields = '        ("id", models.AutoField(primary_key=True)),\n        ("b", models.TextField()),\n'
    code = f'migrations.CreateModel(\n    name="A",\n    fields=[\n{fields}    ],\n),'
    [facts] = resolved(code)
    [table] = [each for each in facts if isinstance(each, Statement)]
    lines = migration(code).splitlines()
    for label in ("id", "b"):
        line = table.at.line + table.body[: table.body.index(f'"{label}"')].count("\n")
        assert f'("{label}", models.' in lines[line - 1]


def test_operations_build_on_the_migrations_before_them() -> None:
    first = 'migrations.AddField("task", "due", models.DateField(null=True)),\nmigrations.RenameModel("Task", "Job"),'
    [_, facts] = resolved(first, 'migrations.AlterField("job", "due", models.DateTimeField(db_column="due_at", null=True)),')
    assert sql(facts) == [
        'ALTER TABLE "shop_job" RENAME COLUMN "due" TO "due_at"',
        'ALTER TABLE "shop_job" ALTER COLUMN "due_at" TYPE timestamp with time zone USING "due_at"::timestamp with time zone',
    ]


def test_a_key_whose_type_changes_takes_those_that_point_to_it_along() -> None:
    [facts] = resolved('migrations.AlterField("team", "id", models.UUIDField(primary_key=True)),')
    assert 'ALTER TABLE "shop_task" ALTER COLUMN "team_id" TYPE uuid USING "team_id"::uuid' in sql(facts)


@pytest.mark.parametrize(
    ("more", "table"),
    [
        ("", "shop_task"),
        ('migrations.RenameModel("Task", "Job"),', "shop_job"),
        ('migrations.AlterModelTable("task", "jobs"),', "jobs"),
        ('migrations.RemoveConstraint("task", "secured"),', None),
        ('migrations.DeleteModel("Task"),', None),
    ],
)
def test_a_constraint_of_another_file_obscures_the_table_that_has_it_in_the_end(more: str, table: str | None) -> None:
    added = 'migrations.AddConstraint("task", app.security.RowSecurity("team", name="secured")),'
    [_, facts] = resolved(added, more)
    assert {each.table_name for each in facts if isinstance(each, db.Obscured)} == ({f"public.{table}"} if table else set())


def test_a_constraint_that_only_the_models_have_obscures_nothing() -> None:
    added = 'migrations.AddConstraint("task", app.security.RowSecurity("team", name="secured"))'
    [facts] = resolved(f"migrations.SeparateDatabaseAndState(state_operations=[{added}]),")
    assert not any(isinstance(each, db.Obscured) for each in facts)


@pytest.mark.parametrize(
    ("more", "tables"),
    [
        ("", {"public.shop_task"}),
        ('migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveConstraint("task", "secured")]),', set()),
        ('migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveConstraint("task", "secured")]),', {"public.shop_task"}),
    ],
)
def test_a_constraint_that_only_the_database_has_obscures_its_table_until_the_database_loses_it(more: str, tables: set[str]) -> None:
    added = 'migrations.AddConstraint("task", app.security.RowSecurity("team", name="secured"))'
    both = f"migrations.SeparateDatabaseAndState(state_operations=[{added}], database_operations=[{added}]),"
    [_, facts] = resolved(both, more)
    assert {each.table_name for each in facts if isinstance(each, db.Obscured)} == tables


def test_a_constraint_that_models_do_not_know_of_obscures_its_table() -> None:
    added = 'migrations.AddConstraint("task", app.security.RowSecurity("team", name="secured"))'
    [facts] = resolved(f"migrations.SeparateDatabaseAndState(database_operations=[{added}]),")
    assert {each.table_name for each in facts if isinstance(each, db.Obscured)} == {"public.shop_task"}


def test_the_user_model_is_the_one_that_people_log_in_with() -> None:
    user = """
    migrations.CreateModel(
        name="Person",
        fields=[
            ("id", models.UUIDField(primary_key=True)),
            ("password", models.CharField(max_length=128)),
            ("last_login", models.DateTimeField(null=True)),
        ],
        options={"db_table": "people"},
    ),
    """
    [_, facts] = resolved(
        user, 'migrations.AddField("task", "by", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)),'
    )
    assert sql(facts)[0].startswith('ALTER TABLE "shop_task" ADD COLUMN "by_id" uuid NULL CONSTRAINT')
    assert 'REFERENCES "people" ("id")' in sql(facts)[0]


def test_tables_of_djangos_own_applications_are_the_platforms() -> None:
    code = 'migrations.CreateModel(name="L", fields=[("u", models.OneToOneField("auth.User", models.CASCADE, primary_key=True))]),'
    path = "shop/migrations/0001_x.py"
    [(_, facts)] = resolve([(path, list(read(path, migration(code).encode())))])
    made = [each for each in facts if isinstance(each, Statement)]
    assert (made[0].at, made[0].position, made[1].position) == (PLATFORM, 0, 1)
    assert made[0].body.startswith("CREATE TABLE auth_user (id integer")
    assert '"u_id" integer NOT NULL PRIMARY KEY' in made[1].body


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ('migrations.AddField("ghost", "a", models.TextField()),', "shop.ghost"),
        ('migrations.RemoveField("task", "ghost"),', "ghost"),
        ('migrations.AlterField("task", "ghost", models.TextField()),', "ghost"),
        ('migrations.RenameField("task", "ghost", "b"),', "RenameField"),
        ('migrations.AddField("task", "b", models.ForeignKey("beat.Job", models.CASCADE)),', "beat.Job"),
        ('migrations.AddConstraint("task", models.CheckConstraint(condition=models.Q(title__regex="x"), name="c")),', "title__regex"),
        ('migrations.RemoveConstraint("task", "ghost"),', "ghost"),
        ('migrations.AddIndex("task", models.Index(models.Func("a"), name="i")),', "models.Func"),
    ],
)
def test_what_cannot_be_told_is_said_and_the_rest_goes_on(code: str, words: str) -> None:
    [facts] = resolved(f'{code}\nmigrations.RunSQL("DROP TABLE teams"),')
    [doubt] = doubts(facts)
    assert words in doubt.message
    assert sql(facts)[-1] == "DROP TABLE teams" or "CREATE INDEX" in sql(facts)[-1]


@settings(deadline=None)
@given(st.sampled_from(CASES), st.integers(min_value=0), st.sampled_from(ODD))
def test_odd_arguments_raise_nothing(case: Case, where: int, odd: str) -> None:
    values = list(VALUE.finditer(case.code))
    match = values[where % len(values)]
    [facts] = resolved(case.code[: match.start()] + odd + case.code[match.end() :])
    assert not any(isinstance(each, Operation) for each in facts)


def test_a_field_of_the_applications_own_is_of_unknown_type() -> None:
    [facts] = resolved('migrations.AddField("task", "s", app.fields.SecretField(null=True)),')
    assert sql(facts) == ['ALTER TABLE "shop_task" ADD COLUMN "s" unknown NULL']


def test_partitioned_tables_of_psqlextra_have_their_partitions() -> None:
    code = """
    psqlextra.operations.PostgresCreatePartitionedModel(
        name="Event",
        fields=[("id", models.UUIDField(primary_key=True)), ("at", models.DateTimeField())],
        partitioning_options={"method": psqlextra.types.PostgresPartitioningMethod["RANGE"], "key": ["at"]},
    ),
    psqlextra.operations.PostgresAddDefaultPartition(model_name="Event", name="rest"),
    """
    [facts] = resolved(code)
    assert sql(facts) == [
        (
            'CREATE TABLE "shop_event" ("id" uuid NOT NULL, "at" timestamp with time zone NOT NULL, PRIMARY KEY ("id", "at"))'
            ' PARTITION BY RANGE ("at")'
        ),
        'CREATE TABLE "shop_event_rest" PARTITION OF "shop_event" DEFAULT',
    ]
