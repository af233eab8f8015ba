"""What was detected and what was configured, as sentences: nobody should have to guess what a run went by."""

from collections import defaultdict
from collections.abc import Iterator

from invariants.store import Store
from invariants.wording import counted


def sentences(store: Store) -> Iterator[str]:
    """What the active facts say about databases and tenants."""
    databases = store.ask(
        "select d.database, d.runner, d.folder, d.source, (select count(*) from db_migration as m where m.database = d.database) "
        "from db_database as d order by d.database"
    )[1]
    if not databases:
        yield "no migrations were found: say where they are in `.invariants/config.toml`, as `[[database]] migrations = [...]`"
    for database, runner, folder, source, count in databases:
        yield f"database {database}: {counted(count, 'migrations')} in {folder or 'the root'}, run by {runner} ({source})"
        yield from _tenancy(store, database)
    yield from _environment(store)


def _environment(store: Store) -> Iterator[str]:
    (declared, read), *_ = store.ask("select (select count(*) from env_manifest), (select count(distinct name) from env_use)")[1]
    if read and not declared:
        yield f"{counted(read, 'environment variables')} read, and no manifest says where they have to be: `.invariants/env.toml`"


def _tenancy(store: Store, database: str) -> Iterator[str]:
    about = f"database in ('', '{database.replace(chr(39), chr(39) * 2)}')"
    keys = store.ask(f"select distinct name, evidence, source from settings_tenant_key where {about} order by name")[1]  # noqa: S608
    for name, evidence, source in keys:
        yield f"tenant key {name} of {database}: {evidence}" if source == "detected" else f"tenant key {name} of {database} (configured)"
    if not keys:
        yield f"no tenant key was detected in {database}: name it in `.invariants/config.toml`, as `[tenancy] keys = [...]`"
    for name, source in store.ask(f"select distinct name, source from settings_tenant_root where {about} order by name")[1]:  # noqa: S608
        yield f"table of tenants of {database}: {name} ({source})"
    tables, secured = store.ask(f"select count(*), coalesce(sum(rls_enabled), 0) from row_tenant_table where {about}")[1][0]  # noqa: S608
    if tables and not secured:
        yield f"no tenant table of {database} is under row security: where queries or schemas keep tenants apart, say `[tenancy] isolation`"
    roles: dict[str, list[str]] = defaultdict(list)
    for name, source in store.ask(f"select distinct name, source from settings_app_role where {about} order by name")[1]:  # noqa: S608
        roles[source].append(name)
    for source, names in roles.items():
        yield f"the application connects to {database} as {', '.join(names)} ({source})"
