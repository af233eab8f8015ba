"""Whatever lies among the migrations, a run says what it could not read, where, and goes on; it never crashes and is never silent."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

import pytest

from invariants.check import Options, Run
from invariants.facts.source import Unread
from invariants.finding import Outcome
from invariants.frontends import sql
from repositories import ENVIRONMENT, git, repository, write

TABLES = """\
create table tenants (id uuid primary key);
create table orders (id uuid primary key, tenant_id uuid not null references tenants);
"""
LATER = "create table later (id uuid primary key, tenant_id uuid not null references tenants);\n"
SCALE = float(os.environ.get("BAD_INPUT_SCALE", "0.04"))
"""The share of their full size that the largest inputs have."""
FULL_MEMORY = 400
"""Megabytes that the largest inputs may take in full."""
MEASURED = """\
import atexit, pathlib, re, resource, sys
from invariants.cli.main import main
def peak():
    status = pathlib.Path("/proc/self/status")  # what getrusage says on Linux begins with the memory of the process that started this one
    known = re.search(r"VmHWM:\\s+(\\d+)", status.read_text()) if status.exists() else None
    print(int(known[1]) // 1024 if known else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 << 20), file=sys.stderr)
atexit.register(peak)
main()
"""
Said = list[tuple[str, int, str]]
"""What ``migration-readable`` found: file, line, message."""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "product"
    write(folder, {"migrations/1_init.sql": TABLES, "migrations/3_later.sql": LATER})
    return folder


def judged(root: Path, content: bytes | str | None = None, tree: str = "work") -> tuple[Said, list[str]]:
    """What is said of the migrations that cannot be read, and the tables that are known all the same."""
    if content is not None:
        (root / "migrations/2_bad.sql").write_bytes(content if isinstance(content, bytes) else content.encode())
    run = Run(Options(root, tree, cached=False))
    tables = [str(name).removeprefix("public.") for (name,) in run.store.ask("select name from db_table order by name")[1]]
    return said(run.outcome()), tables


def said(outcome: Outcome) -> Said:
    assert not outcome.errors
    found = [each for each in outcome.findings if each.rule == "migration-readable"]
    assert {each.verdict for each in found} <= {"unverified"}
    places = [(each.place.file, each.place.line, each.message) for each in found]
    return places + [(place.file, place.line, label) for each in found for place, label in each.related]


def command(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command itself, cut off from the machine."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | ENVIRONMENT
    started = [sys.executable, "-c", MEASURED, "check", "--no-cache", *arguments]
    return subprocess.run(started, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("content", "expected"),
    {
        "binary": (bytes(range(256)) * 40, "it holds NUL bytes"),
        "a NUL byte": (b"create table b (id int);\0", "it holds NUL bytes"),
        "UTF-16": ("create table b (id int);".encode("utf-16"), "it is encoded in UTF-16"),
        "UTF-16, the other way round": (b"\xfe\xff" + "create table b (id int);".encode("utf-16-be"), "it is encoded in UTF-16"),
        "UTF-16 without a mark": ("create table b (id int);".encode("utf-16-le"), "it holds NUL bytes"),
        "UTF-32": ("create table b (id int);".encode("utf-32"), "it is encoded in UTF-16"),
    }.values(),
)
def test_what_is_no_text_is_said_and_costs_only_itself(root: Path, content: bytes, expected: str) -> None:
    [(file, line, message)], tables = judged(root, content)
    assert (file, line, tables) == ("migrations/2_bad.sql", 1, ["later", "orders", "tenants"])
    assert expected in message


@pytest.mark.parametrize(
    ("content", "line", "expected"),
    {
        "Latin-1": ("create table b ();\n-- caf\xe9\ncreate table c ();".encode("latin-1"), 2, "it is not UTF-8 from here on"),
        "a bad statement": ("create table b ();\nselec 1;\ncreate table c ();", 2, 'syntax error at or near "selec"'),
        "a bad statement after CRLF": ("create table b ();\r\n\r\nselec 1;\r\ncreate table c ();\r\n", 3, "selec"),
        "a quote that never ends": ("create table b ();\nselect 'x;\ncreate table c ();\n", 2, "unterminated"),
        "merge conflict": (
            "create table b ();\n<<<<<<< HEAD\nselect 1;\n=======\nselect 2;\n>>>>>>> other\ncreate table c ();",
            2,
            "a merge conflict was left unresolved here",
        ),
        "a template": ("create table b ();\nselect {{ x }} {{;\ncreate table c ();", 2, "{{ x }} is filled in by another program"),
        "a shell template": ("create table b ();\nalter ${A} ${B};\ncreate table c ();", 2, "${A} is filled in by another program"),
        "\\i": ("create table b ();\n\\i gone.sql\ncreate table c ();", 2, "which is not a file of the repository"),
        "\\i of a file far away": ("create table b ();\n\\i /etc/passwd\ncreate table c ();", 2, "which is not a file of the repository"),
        "\\connect": ("create table b ();\n\\connect other\ncreate table c ();", 2, "psql's \\connect stands here"),
        "\\gexec": ("create table b ();\nselect 'drop table b'\n\\gexec\ncreate table c ();", 3, "psql's \\gexec stands here"),
    }.values(),
)
def test_a_bad_line_is_said_and_costs_only_itself(root: Path, content: bytes | str, line: int, expected: str) -> None:
    found, tables = judged(root, content)
    assert found[0][:2] == ("migrations/2_bad.sql", line)
    assert expected in found[0][2]
    assert tables == ["b", "c", "later", "orders", "tenants"]


@pytest.mark.parametrize(
    "content",
    {
        "a byte order mark": b"\xef\xbb\xbfcreate table b ();",
        "CRLF": "create table b ()\r\n;\r\n",
        "CR": "-- a comment\rcreate table b ();\r",
        "COPY data": "COPY orders (id) FROM stdin;\n1\tit's; 'x\nselec 1;\n\\.\ncreate table b ();",
        "COPY data that never end": "create table b ();\nCOPY orders (id) FROM stdin;\n1\tit's; 'x\n",
        "\\set": "\\set ON_ERROR_STOP on\n\\echo 'hi\ncreate table b ();",
        "a template that is a name": 'create table b ();\nalter table b owner to "{{ owner }}";',
        "nothing but comments": "/* a /* b */ c */ create table b (); -- d",
        "no last semicolon": "create table b ()",
    }.values(),
)
def test_what_a_migration_may_hold_is_read(root: Path, content: bytes | str) -> None:
    found, tables = judged(root, content)
    assert tables == ["b", "later", "orders", "tenants"]
    assert [each for each in found if "owner" not in each[2]] == []


NESTED = {
    "parentheses": "select {}1{};|(|)",
    "cases": "select {}1{};|case when true then | end",
    "sub-selects": "select {}1{};|(select |)",
    "functions": "select {}1{};|f(|)",
    "operators": "select 1{}{};|+1|",
    "unions": "select 1{}{};| union select 1|",
    "joins": "select 1 from a{}{};| cross join a|",
    "negations": "create policy p on orders using ({}true{});|not |",
    "disjunctions": "create policy p on orders using ({}true{});|(tenant_id is null or |)",
    "blocks": "do $$ {} null; {} $$;|begin | end;",
    "conditions": "do $$ begin {} null; {} end $$;|if true then | end if;",
    "conditions of a block": "do $$ begin if {}true{} then null; end if; end $$;|(|)",
    "a block's strings": "do $$ declare x text := 'a'{}{}; begin execute x; end $$;|||'a'|".replace("|||'a'|", "|\x00'a'|"),
    "a function's blocks": "create function f() returns void language plpgsql as $$ {} null; {} $$;|begin | end;",
    "calls": "create function r(n int) returns void language plpgsql as $$ begin perform r(n + 1); end $$; select r({}1{});|(|)",
    "comments": "{} ; {} selec 1;|/*|*/",
    "arrays": "select {}1{};|array[|]",
    "statements": "{}selec 1;{}|select 1; |",
}


@pytest.mark.parametrize("depth", [1_000, 10_000, 100_000])
@pytest.mark.parametrize("shape", NESTED.values(), ids=NESTED)
def test_nesting_costs_only_its_statement(root: Path, shape: str, depth: int) -> None:
    template, opening, closing = shape.split("|")
    if depth == 100_000 and template.startswith("{}selec"):
        depth = 20_000  # nothing is nested here: it takes as long as it says
    text = template.format(opening.replace("\x00", "||") * depth, closing * depth)
    result, tables = judged(root, f"create table b ();\n{text}\ncreate table c ();\n")
    assert tables == ["b", "c", "later", "orders", "tenants"]
    assert all((file, line) == ("migrations/2_bad.sql", 2) for file, line, _ in result)


@pytest.mark.parametrize("words", ["insert into orders select", "update orders set id =", "delete from orders where id ="])
def test_rows_may_be_changed_in_any_depth(root: Path, words: str) -> None:
    assert judged(root, f"{words} {'1+' * 5_000}1;") == ([], ["later", "orders", "tenants"])


def test_a_process_survives_the_deepest_chain_that_is_parsed(root: Path) -> None:
    """Left to itself the grammar overflows the stack here, which no exception reports."""
    (root / "migrations/2_bad.sql").write_text("select 1" + "+1" * 120_000 + ";\n")
    run = command(root)
    assert "migrations/2_bad.sql: unverified: it is nested too deep and was not read" in run.stdout
    assert run.returncode == 1


ENDLESS = {
    "comments": "/* ;\n",
    "strings": "';\n'",
    "names": '";\n"',
    "bodies": "$a{}$;\n",
    "nested comments": "/*",
    "COPY of one line": "COPY orders FROM stdin ",
    "lines of white space": " \n\t\n",
    "white space": " ",
    "statements without a semicolon": "alter table orders add c{} int\n",
    "placeholders": "select {{{{ x }}}} {{{{;\n",
    "functions that never end": "create function f() begin atomic select 1;\n",
    "conflicts": "<<<<<<< HEAD\n",
    "quotes and backslashes": "E'\\';",
    "go": "go \t ",
}


@pytest.mark.parametrize("shape", ENDLESS.values(), ids=ENDLESS)
def test_what_sends_a_scanner_to_the_end_again_and_again_takes_seconds_at_most(shape: str) -> None:
    text = ("selec 1;\n" + "".join(shape.format(number) for number in range(100_000 // len(shape)))).encode()
    before = process_time()
    facts = list(sql.read("migrations/2_bad.sql", text))
    assert isinstance(facts[0], Unread)
    assert process_time() - before < 8


ROW = "insert into orders values ('f47ac10b-58cc-4372-a567-0e02b2c3d479', 'it''s; some text of a row', '{\"a\": 1}'::jsonb, now());\n"
LARGE = {
    "a migration of 50 MB": lambda: ROW * int(50_000_000 * SCALE / len(ROW)),
    "a dump of 50 MB": lambda: "COPY orders (id) FROM stdin;\n" + "1\tit's; a row\n" * int(50_000_000 * SCALE / 14) + "\\.\n",
    "one insert of 50 MB": lambda: "insert into orders values (1)" + ",\n(now() - '1'::interval)" * int(50_000_000 * SCALE / 24) + ";\n",
    "100,000 statements": lambda: "".join(
        f"create index i{each} on orders (id); drop index i{each};\n" for each in range(int(50_000 * SCALE))
    ),
}


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
def test_large_files_are_read_in_bounded_memory(root: Path, content: object, record_property: object) -> None:
    assert callable(content)
    (root / "migrations/2_bad.sql").write_text(content() + "selec 1;\ncreate table b (tenant_id uuid not null references tenants);\n")
    run = command(root)
    assert run.returncode == 1
    assert 'migrations/2_bad.sql: unverified: PostgreSQL would not parse it: syntax error at or near "selec"' in run.stdout
    assert "tenancy     4 tables: 0 held, 4 broken" in run.stdout
    print(f"{int(run.stderr.split()[-1])} MB at a scale of {SCALE}")  # noqa: T201  (`pytest -rP` shows it)
    assert int(run.stderr.split()[-1]) < 120 + FULL_MEMORY * SCALE


def test_a_file_beyond_what_is_read_is_said(root: Path) -> None:
    with (root / "migrations/2_bad.sql").open("wb") as file:
        file.truncate(65 << 20)
    [(file_name, line, message)], _ = judged(root)
    assert (file_name, line) == ("migrations/2_bad.sql", 1)
    assert "more than the 64 MB that are read" in message


def test_a_statement_beyond_what_is_parsed_is_said(root: Path) -> None:
    found, tables = judged(root, "select 1;\nselect " + "1,\n" * 400_000 + "1;\ncreate table b ();\n")
    assert [each[:2] for each in found] == [("migrations/2_bad.sql", 2)]
    assert "it is 1200008 bytes long and was not read" in found[0][2]
    assert "b" in tables


def test_a_line_of_10_mb(root: Path) -> None:
    (root / "migrations/2_bad.sql").write_text("/* " + "x" * 10_000_000 + " */ selec 1; create table b ();")
    run = command(root)
    assert "migrations/2_bad.sql:1:10000008" in run.stdout
    assert len(run.stdout) < 20_000, "a line is shown in part"


@pytest.mark.parametrize("is_git", [False, True])
@pytest.mark.parametrize("target", ["../../outside/1.sql", "/dev/zero", "2_bad.sql", "nowhere.sql", "."])
def test_a_link_out_of_the_root_or_nowhere_is_said_not_followed(root: Path, target: str, is_git: bool) -> None:
    write(root.parent, {"outside/1.sql": "create table secret ();"})
    (root / "migrations/2_bad.sql").symlink_to(target)
    if is_git:
        repository(root, {})
    for tree in ("work", "index", "HEAD") if is_git else ("work",):
        [(file, line, _)], tables = judged(root, tree=tree)
        assert (file, line, tables) == ("migrations/2_bad.sql", 1, ["later", "orders", "tenants"])


@pytest.mark.parametrize("is_git", [False, True])
@pytest.mark.parametrize("link", ["services/migrations", "db", "migrations/2"])
def test_a_folder_out_of_the_root_is_said_not_followed(root: Path, link: str, is_git: bool) -> None:
    write(root.parent, {"outside/1.sql": "create table secret ();"})
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(root.parent / "outside")
    if is_git:
        repository(root, {})
    for tree in ("work", "index", "HEAD") if is_git else ("work",):
        [(file, line, message)], tables = judged(root, tree=tree)
        assert (file, line, tables) == (link, 1, ["later", "orders", "tenants"])
        assert "the link leads out of the repository" in message


def test_folders_linked_within_the_root_count_once(root: Path) -> None:
    (root / "db").symlink_to("migrations")
    (root / "migrations/loop").symlink_to(".")
    assert judged(root) == ([], ["later", "orders", "tenants"])


def test_a_pipe_and_a_socket_are_said_not_opened(root: Path) -> None:
    os.mkfifo(root / "migrations/2_bad.sql")
    with socket.socket(socket.AF_UNIX) as server:
        before = Path.cwd()
        os.chdir(root / "migrations")  # the path of a socket may have a hundred letters
        server.bind("4.sql")
        os.chdir(before)
    found, _ = judged(root)
    assert [each[:2] for each in found] == [("migrations/2_bad.sql", 1), ("migrations/4.sql", 1)]
    assert "it is not a regular file" in found[0][2]


def test_a_tracked_file_that_became_a_pipe_is_said(root: Path) -> None:
    repository(root, {"migrations/2_bad.sql": "select 1;"})
    (root / "migrations/2_bad.sql").unlink()
    os.mkfifo(root / "migrations/2_bad.sql")
    assert [each[:2] for each in judged(root)[0]] == [("migrations/2_bad.sql", 1)]


@contextmanager
def nobody() -> Iterator[Path]:
    """A folder of a user who may not read everything; root may."""
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0
    try:
        if is_root:
            os.chown(folder, 65534, 65534)
            os.setegid(65534)
            os.seteuid(65534)
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
            os.setegid(0)
        for each in folder.rglob("*"):
            each.chmod(0o700)
        shutil.rmtree(folder)


@pytest.mark.parametrize("is_git", [False, True])
@pytest.mark.parametrize("closed", ["migrations/2_bad.sql", "migrations"])
def test_what_may_not_be_opened_is_said(root: Path, closed: str, is_git: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(root)  # imports everything
    with nobody() as folder:
        monkeypatch.setenv("HOME", str(folder))
        write(folder, {"migrations/1_init.sql": TABLES, "migrations/2_bad.sql": LATER})
        if is_git:
            repository(folder, {}) if closed == "migrations" else git(folder, "init", "-q")
        (folder / closed).chmod(0)
        found, _ = judged(folder)
        (folder / closed).chmod(0o700)
    assert [each[:2] for each in found] == [(closed, 1)]
    assert "it cannot be opened: Permission denied" in found[0][2]


def test_a_folder_that_is_called_like_a_migration_is_none(root: Path) -> None:
    (root / "migrations/2_bad.sql").mkdir()
    assert judged(root) == ([], ["later", "orders", "tenants"])


@pytest.mark.parametrize("name", ["2_" + "é" * 120 + ".sql", "2 a\nb\t'\".sql", "2_\u202e.sql", "2_%s{}.sql"])
def test_any_name_will_do(root: Path, name: str) -> None:
    (root / "migrations" / name).write_text("selec 1;")
    repository(root, {})
    for tree in ("work", "index", "HEAD"):
        assert [each[:2] for each in judged(root, tree=tree)[0]] == [(f"migrations/{name}", 1)]
    run = command(root)
    assert run.returncode == 1
    assert "\u202e" not in run.stdout


@pytest.mark.parametrize("made", ["empty", "no commit", "no migrations"])
def test_where_there_is_nothing_to_look_at_that_is_said(tmp_path: Path, made: str) -> None:
    if made != "empty":
        git(tmp_path, "init", "-q")
    if made == "no migrations":
        repository(tmp_path, {"README": "hello"})
    run = command(tmp_path)
    assert run.returncode == 0
    assert "tenancy     vacuous" in run.stdout
    assert command(tmp_path, "--strict").returncode == 1
    if made == "no commit":
        assert command(tmp_path, "--staged").returncode == 0


@pytest.mark.parametrize("made", ["no git", "git gone"])
def test_an_index_that_is_not_there_is_one_clear_error(tmp_path: Path, made: str) -> None:
    if made == "git gone":
        write(tmp_path, {".git": "gitdir: nowhere"})
    run = command(tmp_path, "--staged")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("error: ")
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("file", ["config.toml", "carveouts.toml", "rules/own.sql"])
@pytest.mark.parametrize("content", [b"\xff\xfe\0", b"\0", b"[" * 100_000, b"a = " + b"[" * 5_000, b"\xef\xbb\xbf["])
def test_settings_that_cannot_be_read_are_one_clear_error(root: Path, file: str, content: bytes) -> None:
    (root / ".invariants" / file).parent.mkdir(parents=True)
    (root / ".invariants" / file).write_bytes(content)
    run = command(root)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"error: .invariants/{file}")


TOO_DEEP, INVALID = "it is nested too deep", "it is not valid Python"
PYTHON = {
    "parentheses": ("x = " + "(" * 10_000 + ")" * 10_000, TOO_DEEP),
    "operators": ("x = 1" + " + 1" * 20_000, TOO_DEEP),
    "negations": ("x = " + "not " * 20_000 + "y", TOO_DEEP),
    "functions of functions": ("x = " + "lambda: " * 20_000 + "y", TOO_DEEP),
    "conditions": ("x = 1" + " if y else 1" * 20_000, TOO_DEEP),
    "calls": ("op.execute(" + "f(" * 3_000 + ")" * 3_000 + ")", TOO_DEEP),
    "attributes": ("op" + ".a" * 20_000, TOO_DEEP),
    "blocks": ("".join(f"{' ' * each}if x:\n" for each in range(120)) + " " * 120 + "pass", INVALID),
    "no Python": ("def (:", INVALID),
    "a conflict": ("<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other", INVALID),
    "a bracket that never ends": ("x = [", INVALID),
    "a string that never ends": ("x = '''", INVALID),
    "a NUL byte": ("x = '\0'", "it holds NUL bytes"),
    "Latin-1": ("x = '\udce9'", "its encoding cannot be read"),
    "an encoding that is not there": ("# coding: nowhere", "its encoding cannot be read"),
    "two megabytes": ("x = 1\n" * 400_000, "it is 24000"),
}
"""What stands in the file, and what is said of it."""
HEAD = {
    "alembic": "revision = 'a'\ndown_revision = None\ndef upgrade(): pass\n",
    "django": "from django.db import migrations\nclass Migration(migrations.Migration): operations = []\n",
}
each_runner = pytest.mark.parametrize("runner", HEAD)


def python(root: Path, source: bytes, runner: str) -> Said:
    """What is said of a migration in Python that stands alone."""
    shutil.rmtree(root / "migrations")
    files = {"alembic": {"alembic/env.py": "", "alembic/versions/0001_a.py": ""}, "django": {"shop/migrations/__init__.py": ""}}
    write(root, files[runner])
    path = "alembic/versions/0001_a.py" if runner == "alembic" else "shop/migrations/0001_a.py"
    (root / path).write_bytes(source)
    found, _ = judged(root)
    assert {file for file, _, _ in found} <= {path}
    return found


@each_runner
@pytest.mark.parametrize(("source", "expected"), PYTHON.values(), ids=PYTHON)
def test_python_that_cannot_be_read_is_said(root: Path, source: str, expected: str, runner: str) -> None:
    [(_, _, message)] = python(root, f"{source}\n{HEAD[runner]}".encode("utf-8", "surrogateescape"), runner)
    assert expected in message


@each_runner
def test_python_in_another_encoding_is_said(root: Path, runner: str) -> None:
    [(_, line, message)] = python(root, HEAD[runner].encode("utf-16"), runner)
    assert (line, "it holds NUL bytes" in message) == (1, True)


@each_runner
@pytest.mark.parametrize(
    "before",
    ["\ufeff", "#\r\n", "x = '''\n" + "a" * 500_000 + "\n'''\n", "x = [" + "1, " * 5_000 + "]\n"],
    ids=["BOM", "CRLF", "text", "list"],
)
def test_odd_python_is_read(root: Path, before: str, runner: str) -> None:
    assert python(root, (before + HEAD[runner]).encode(), runner) == []
