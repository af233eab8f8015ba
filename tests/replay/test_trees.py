"""A statement that is replayed from the tree it was read as makes what it makes when it is parsed again."""

from hypothesis import given
from hypothesis import strategies as st

from invariants.facts.ddl import Statement
from invariants.frontends.sql.reader import read
from invariants.postgres import trees
from invariants.replay.run import Migration, replay

PATH = "migrations/1.sql"
PIECES = [
    "create table t{n} (id int primary key, tenant_id int not null default 1, constraint ü check (tenant_id > 0))",
    "create table u{n} (\n  id int references t (id),\n  tenant_id int unique)",
    "create policy p{n} on t for select\n  using (tenant_id = 1 or\n    (id = 2))",
    "create policy q{n} on t with check (tenant_id = current_setting('größe')::int)",
    "create function f{n}() returns int language sql as $$\n  select 1\n$$",
    "create function g{n}() returns int language plpgsql as '\nbegin\n  return 1;\nend'",
    "do $größe$ begin\n  execute 'alter table t enable row level security';\n  alter table t force row level security;\nend $größe$",
    "alter table t add column c{n} text default 'é', add constraint k{n} unique (tenant_id)",
    "create view v{n} as select * from t where tenant_id = 1",
    "create table {{{{ schema }}}}t{n} (id int)",
    "create nonsense",
]
BETWEEN = [";\n", ";", "; -- größer\n", ";\n/* ünd */\n\n   "]
TABLE = "create table t (id int primary key, tenant_id int);\n"


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(BETWEEN)), max_size=8))
def test_the_tree_that_was_read_says_the_same_as_the_text(pieces: list[tuple[str, str]]) -> None:
    text = TABLE + "".join(piece.format(n=number) + between for number, (piece, between) in enumerate(pieces))
    statements = [each for each in read(PATH, text.encode()) if isinstance(each, Statement)]
    migration = Migration(PATH, [*statements])
    from_trees = replay("d", "sql", [migration], [])
    assert all(trees.taken(each.body) is None for each in statements)
    assert replay("d", "sql", [migration], []) == from_trees


def test_a_tree_is_given_once() -> None:
    [statement] = [each for each in read(PATH, b"create table only_once (id int)") if isinstance(each, Statement)]
    assert trees.taken(statement.body) is not None
    assert trees.taken(statement.body) is None
