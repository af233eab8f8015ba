"""What is said of the policies of public products, compared with what an attacker can do to a PostgreSQL that ran their migrations.

    python benchmarks/proofs.py --snapshots DIR [--configs DIR] [--verbose] [owner/name ...]

Every product is judged (``invariants check`` and ``query``) and attacked (``invariants prove``). A verdict is *unsound* where a row of
another tenant, or of none, went past policies that were all said to let none pass, be it that a constraint barred its way behind them.
Crossings through views, functions, row security that is off and owners who stand above it say nothing of policies: of all crossings, those
that ``check`` does not report are counted apart. An open policy is *held* where nothing went past it on a table that was attacked.

Products are those named, or all that were fetched. ``--configs`` is a folder of ``owner+name.toml``, what a product's team would have
configured, and of folders ``owner+name`` with stubs of what migrations expect: roles, extensions. ``--verbose`` prints
every disagreement, and why tables could not be seeded.
Exit status 1 where a verdict was unsound, or a product could not be compared.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from catalogs import asked
from snapshots import configure, git_directory, lay_out

QUERIES = {
    "policies": """
        select p.database, p.table_name, p.name, p.command, p.verdict, d.using_text is not null as uses, d.check_text is not null as checks,
            exists (
                select 1 from tenant_policy as t where t.database = p.database and t.table_name = p.table_name and t.name = p.name
            ) as counts
        from policy as p
        join db_policy as d on d.database = p.database and d.table_name = p.table_name and d.name = p.name
        where p.permissive
        order by p.database, p.table_name, p.name""",
    "tables": "select database, name from db_table",
    "roots": "select database, name from tenant_root",
    "terms": "select database, table_name, policy_name, side, verdict, term, reason, witness from db_policy_term",
    "roles": "select database, table_name, policy_name, role from db_policy_role",
    "memberships": "select database, member, role from db_membership",
}
GRAVITY = ("open", "unverified", "isolates", "denies")
SEEN = {"select", "update", "delete"}
"""Commands that are asked of rows that are there; the others are asked of rows that are written."""
ITSELF = {"rls-policy-isolates", "rls-write-checked", "tenant-key-required"}
"""The rules that a crossing breaks which policies let through."""
TITLES = (
    *("repository", "policies on tenant tables", "isolates", "open", "denies", "unverified"),
    *("tables attacked", "held", "crossed", "undecided", "unseeded", "unsound", "open but held", "crossings that check does not report"),
    *("s judged", "s attacked"),
)


class Side(NamedTuple):
    """What is said of one side of a policy: the gravest verdict on its disjuncts, and why."""

    word: str
    why: str


class Policy(NamedTuple):
    """A permissive policy, as it was judged."""

    name: str
    command: str
    roles: frozenset[str]
    sides: dict[str, Side]
    """USING and WITH CHECK, those that are there."""

    def asked(self, command: str) -> str:
        """The side that a command asks."""
        return "check" if command not in SEEN and "check" in self.sides else "using"

    def said(self, command: str) -> Side:
        """What is said of it for a command; where the side is not there, no row passes."""
        return self.sides.get(self.asked(command), Side("denies", "it asks nothing"))

    def lets(self, command: str) -> bool:
        """It is about this command."""
        return self.command in {"all", "update" if command == "move" else command}


class Judgement(NamedTuple):
    """What the tool says without running anything."""

    policies: dict[tuple[str, str], list[Policy]]
    """By database and table."""
    roots: set[tuple[str, str]]
    """The tables of tenants: no row there can come to have another's key, so that what their key refuses is no way past a policy."""
    tables: set[tuple[str, str]]
    """Those that it knows; it says that it cannot tell what dynamic statements make."""
    verdicts: Counter[str]
    """Of the policies on tenant tables that have row security."""
    members: set[tuple[str, str, str]]
    """By database: who has the rights of which role."""
    reported: set[tuple[str, str]]
    """Rules and subjects of the findings."""

    def applicable(self, database: str, table: str, command: str, role: str) -> list[Policy]:
        """The policies that let a role's command through."""
        held = {"public", role}
        while more := {group for base, member, group in self.members if base == database and member in held} - held:
            held |= more
        return [each for each in self.policies.get((database, table), ()) if each.lets(command) and each.roles & held]


class Comparison(NamedTuple):
    """Both sides of one product, and where they disagree."""

    judged: Judgement
    proof: dict[str, Any]
    seconds: tuple[float, float]

    def unsound(self) -> Iterator[str]:
        """Every way past policies that are all said to let nothing pass."""
        known = [each for each in self.proof["tables"] if (each["database"], each["table"]) in self.judged.tables]
        for table in known:
            for way in passed(table):
                if way["command"] in {"insert", "move"} and "duplicate key" in way.get("reason", "") and _key(table) in self.judged.roots:
                    continue
                found = self.judged.applicable(table["database"], table["table"], way["command"], way["role"])
                said = {each.name: each.said(way["command"]).word for each in found}
                if not {"open", "unverified"} & set(said.values()):
                    yield f"UNSOUND {table['table']}: {said}; {'; '.join(way['statements'])} -- {way.get('row') or way['reason']}"

    def held(self) -> Iterator[str]:
        """Every policy side that is said to be open, on a table that was attacked, where nothing passed it."""
        attacked = {(each["database"], each["table"]): each for each in self.proof["tables"] if each["verdict"] != "unseeded"}
        for key, table in attacked.items():
            for policy in self.judged.policies.get(key, ()):
                for side, said in policy.sides.items():
                    if said.word == "open" and not any(_shows(each, policy, side) for each in passed(table)):
                        yield f"open but held: {key[1]}/{policy.name} {side}: {said.why} [{table['verdict']}: {table['reason']}]"

    def unreported(self) -> Iterator[str]:
        """Every crossing by a way that no finding is about: of a partition that only the database knows, about its parent."""
        for table in self.proof["tables"]:
            name, parent = table["table"], table["partition_of"]
            is_unknown = parent is not None and (table["database"], name) not in self.judged.tables
            for each in table["crossings"]:
                subject = each["subject"].replace(name, parent, 1) if is_unknown else each["subject"]
                if (each["rule"], subject) not in self.judged.reported:
                    yield f"not reported: {each['rule']} {each['subject']}: {table['table']} as {each['role']}: {each['statements'][-1]}"

    def unseeded(self) -> Iterator[str]:
        """Every table that could not be attacked, and why not."""
        for table in self.proof["tables"]:
            if table["verdict"] == "unseeded":
                yield f"unseeded: {table['table']}: {table['reason']}"

    def cells(self) -> Iterator[str]:
        """The product's row of the table."""
        verdicts, tables = self.judged.verdicts, Counter(each["verdict"] for each in self.proof["tables"])
        yield str(verdicts.total())
        yield from (str(verdicts[word]) for word in ("isolates", "open", "denies", "unverified"))
        yield str(tables.total() - tables["unseeded"])
        yield from (str(tables[word]) for word in ("held", "crossed", "undecided", "unseeded"))
        yield from (str(len(list(found))) for found in (self.unsound(), self.held(), self.unreported()))
        yield from (f"{seconds:.0f}" for seconds in self.seconds)


def _key(table: dict[str, Any]) -> tuple[str, str]:
    return table["database"], table["table"]


def passed(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every way past the policies of a table that was attacked."""
    yield from (each for each in table["crossings"] if each["through"] is None and each["rule"] in ITSELF)
    yield from table["constrained"]


def _shows(way: dict[str, Any], policy: Policy, side: str) -> bool:
    """A way past a table's policies is one that this side of the policy may have let through."""
    return policy.lets(way["command"]) and policy.asked(way["command"]) == side


def judge(root: Path, environment: dict[str, str]) -> Judgement:
    """What the tool says of a checkout."""
    answers = {name: asked(root, environment, query) for name, query in QUERIES.items()}
    report = run(root, environment, "check")
    policies: dict[tuple[str, str], list[Policy]] = {}
    for row in answers["policies"]:
        policies.setdefault((row["database"], row["table_name"]), []).append(_policy(row, answers))
    return Judgement(
        policies,
        {(row["database"], row["name"]) for row in answers["roots"]},
        {(row["database"], row["name"]) for row in answers["tables"]},
        Counter(row["verdict"] for row in answers["policies"] if row["counts"]),
        {(row["database"], row["member"], row["role"]) for row in answers["memberships"]},
        {(each["rule"], each["subject"]) for each in report["findings"]},
    )


def _policy(row: dict[str, Any], answers: dict[str, list[dict[str, Any]]]) -> Policy:
    key = (row["database"], row["table_name"], row["name"])
    own = [each for each in answers["terms"] if (each["database"], each["table_name"], each["policy_name"]) == key]
    roles = {each["role"] for each in answers["roles"] if (each["database"], each["table_name"], each["policy_name"]) == key}
    there = [side for side, is_there in (("using", row["uses"]), ("check", row["checks"])) if is_there]
    sides = {side: _side([each for each in own if each["side"] == side]) for side in there}
    return Policy(row["name"], row["command"], frozenset(roles), sides)


def _side(terms: list[dict[str, Any]]) -> Side:
    if not terms:
        return Side("unverified", "its terms are not judged")
    worst = min(terms, key=lambda each: GRAVITY.index(each["verdict"]))
    return Side(worst["verdict"], f"{worst['term']}: {worst['witness'] or worst['reason']}")


def run(root: Path, environment: dict[str, str], command: str) -> dict[str, Any]:
    """The report of a command."""
    report = Path(environment["INVARIANTS_CACHE_DIR"]) / f"{command}.json"
    arguments = [sys.executable, "-m", "invariants", "-C", str(root), command, "--format", f"json:{report}"]
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment, check=False)
    if not report.exists():
        raise RuntimeError(f"{command}: {done.stderr.strip() or done.returncode}")
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def compare(git: Path, repository: str, configs: Path | None) -> Comparison:
    """Judge and attack one product."""
    with tempfile.TemporaryDirectory() as scratch:
        root, cache = Path(scratch) / "root", Path(scratch) / "cache"
        cache.mkdir()
        lay_out(git, "HEAD", root)
        configure(root, configs, repository)
        environment = {**os.environ, "INVARIANTS_CACHE_DIR": str(cache)}
        began = time.perf_counter()
        judged = judge(root, environment)
        between = time.perf_counter()
        proof = run(root, environment, "prove")
        return Comparison(judged, proof, (between - began, time.perf_counter() - between))


def told(git: Path | None, repository: str, configs: Path | None, *, verbose: bool) -> bool:
    """Print a product's row; whether it was compared and no verdict is unsound."""
    if git is None:
        print(f"| {repository} | not fetched |", flush=True)
        return False
    try:
        found = compare(git, repository, configs)
    except RuntimeError as error:
        print(f"| {repository} | failed: {error} |", flush=True)
        return False
    print(f"| {' | '.join((repository, *found.cells()))} |", flush=True)
    unsound = list(found.unsound())
    lines = [*unsound, *found.held(), *found.unreported(), *found.unseeded(), *found.proof["errors"]] if verbose else unsound
    print(*(f"    {line}\n" for line in lines), sep="", end="", flush=True)
    return not unsound


def main() -> int:
    """Compare the products named, or all that were fetched."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--snapshots", type=Path, required=True)
    parser.add_argument("--configs", type=Path, help="a folder of owner+name.toml, what a product's team would have configured")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("names", nargs="*", metavar="owner/name")
    options = parser.parse_args()
    names = options.names or sorted(path.name.replace("+", "/") for path in options.snapshots.glob("*+*"))
    print(f"| {' | '.join(TITLES)} |\n|{'---|' * len(TITLES)}")
    held = [told(git_directory(options.snapshots, name), name, options.configs, verbose=options.verbose) for name in names]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
