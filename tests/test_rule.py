import pytest

from invariants.finding import LEVELS, ConfigError, Rule
from invariants.guards import faults, vocabulary
from invariants.rule import built_in_rules, own_rules, parse, range_words

GOOD = """\
-- Every order has an owner.
--
-- An order without one is nobody's.
-- It stays open.
--
-- Nobody pays it.
--
-- Fix:
--     update orders
--         set owner = 'sales';
--
-- @level warning
-- @over db_table
-- @supports soc2:CC6.1 cwe:639

select t.at, t.name as subject, 'it has none' as message from db_table as t;
"""


def complaint(path: str, text: str) -> str:
    with pytest.raises(ConfigError) as error:
        parse(path, text)
    return str(error.value)


def test_a_rule_is_its_docstring_and_its_query() -> None:
    assert parse(".invariants/rules/orders/orders-have-owners.sql", GOOD) == Rule(
        id="orders-have-owners",
        pack="orders",
        title="Every order has an owner.",
        why="An order without one is nobody's.\nIt stays open.\n\nNobody pays it.",
        fix="update orders\n    set owner = 'sales';",
        level="warning",
        over="db_table",
        noun="tables",
        supports=("soc2:CC6.1", "cwe:639"),
        query="select t.at, t.name as subject, 'it has none' as message from db_table as t",
        path=".invariants/rules/orders/orders-have-owners.sql",
    )


def test_only_a_line_feed_ends_a_line() -> None:
    """What else Unicode takes for one stays in the comment, or in the text of the query, that it stands in."""
    odd = GOOD.replace("It stays", "It\u2028stays").replace("'it has none'", "'it has\u2029none'")
    assert parse("r.sql", odd).why.startswith("An order without one is nobody's.\nIt\u2028stays open.")
    assert "'it has\u2029none'" in parse("r.sql", odd).query
    assert parse("r.sql", GOOD.replace("\n", "\r\n")) == parse("r.sql", GOOD)


def test_a_rule_in_no_folder_is_the_repositorys() -> None:
    assert parse(".invariants/rules/orders-have-owners.sql", GOOD).pack == "repository"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("-- Every order has an owner.\n", "--\n", "no title"),
        (
            "-- An order without one is nobody's.\n-- It stays open.\n--\n-- Nobody pays it.\n--\n",
            "",
            "no paragraph that says why",
        ),
        ("-- Fix:\n--     update orders\n--         set owner = 'sales';\n", "", "no block `Fix:`"),
        ("@level warning", "@level grave", "'grave' is no level"),
        ("-- @level warning\n", "", "no @level"),
        ("-- @over db_table\n", "", "no @over"),
        ("@supports", "@suports", "@suports means nothing"),
        ("@level", "@against main\n-- @level", "'main' is nothing to compare with"),
        ("select t.at, t.name as subject, 'it has none' as message from db_table as t;", "", "no query"),
    ],
)
def test_what_is_missing_is_named(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    assert expected in complaint("r.sql", GOOD.replace(old, new))


@pytest.mark.parametrize("name", ["Orders.sql", "orders_have.sql", "-x.sql", "1x.sql", ".sql"])
def test_a_name_is_words_joined_by_hyphens(name: str) -> None:
    assert "is no name for a rule" in complaint(f".invariants/rules/{name}", GOOD)


def test_an_empty_file_is_no_rule() -> None:
    assert "no title" in complaint("r.sql", "")


def test_own_rules_must_have_new_names() -> None:
    with pytest.raises(ConfigError, match="there is a rule rls-forced already"):
        list(own_rules([(".invariants/rules/rls-forced.sql", GOOD)], built_in_rules()))
    with pytest.raises(ConfigError, match=r"already, \.invariants/rules/a/x\.sql"):
        list(own_rules([(".invariants/rules/a/x.sql", GOOD), (".invariants/rules/b/x.sql", GOOD)], []))


def test_built_in_rules_are_whole() -> None:
    rules = built_in_rules()
    assert len({rule.id for rule in rules}) == len(rules) > 20
    for rule in rules:
        assert rule.title.endswith("."), rule.id
        assert rule.supports, rule.id
        assert rule.level in LEVELS


def test_a_range_is_said_in_words() -> None:
    words = {rule.id: range_words(rule) for rule in built_in_rules()}
    assert words["rls-enabled"] == "tenant tables"
    assert words["migration-readable"] == "migrations"
    assert words["carveout-live"] == "carve-outs"


WORDS = vocabulary()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('select at, "rls_forcd" as message from db_table', "double quotes"),
        ("select at from db_policy where command = 'slect'", "command is never 'slect'"),
        ("select at from db_policy where 'slect' <> command", "command is never 'slect'"),
        ("select at from db_policy where command in ('select', 'slect')", "command is never 'slect'"),
        ("select case p.command when 'slect' then 1 end from db_policy as p", "p.command is never 'slect'"),
        ("select at from tenant_table where kind = 'tabel'", "kind is never 'tabel'"),
        ("select at from tenant_table as t join tenant_policy as p on p.command = 'slect'", "p.command is never"),
        ("select at from (select command as what from db_policy) where what = 'slect'", "what is never 'slect'"),
        ("with p as (select command as what from db_policy) select 1 from p where what = 'slect'", "what is never 'slect'"),
        ("select 1 from db_table as t where exists (select 1 from db_view where t.kind = 'view')", "t.kind is never 'view'"),
        ("select 1 from policy where verdict = 'opne'", "verdict is never 'opne'"),
        ("select at from db_table order by name", "orders or limits"),
        ("select at from db_table limit 1", "orders or limits"),
        ("select 1; select 2", "not one query"),
        ("delete from db_table", "not one query"),
        ("select from where", "does not parse"),
        ("select 'open", "does not parse"),
    ],
)
def test_what_would_silently_hold_is_refused(query: str, expected: str) -> None:
    assert expected in "; ".join(faults(query, WORDS))


@pytest.mark.parametrize(
    "query",
    [
        "select at from db_policy where command = 'select' and name = 'whatever'",
        "select at from weakest_term where verdict in ('open', 'unverified')",
        "select at from db_table where kind = 'table' union all select at from db_view where kind = 'view'",
        "with recursive r (name) as (select name from db_table union select l.parent from r join db_lineage as l) select * from r",
        "select row_number() over (order by name) from db_table",
    ],
)
def test_what_is_sound_passes(query: str) -> None:
    assert not list(faults(query, WORDS))


def test_the_vocabulary_itself_is_guarded() -> None:
    from sqlglot import exp, parse

    from invariants.vocabulary import VIEWS

    for statement in parse(VIEWS.read_text(encoding="utf-8"), dialect="sqlite"):
        assert isinstance(statement, exp.Create)
        assert not list(faults(statement.expression.sql(dialect="sqlite"), WORDS)), statement.this.name
