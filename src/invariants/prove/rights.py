"""What a role may do to tables, views and functions, before row security is asked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from invariants.prove.catalog import Function
from invariants.prove.database import Database, literal
from invariants.replay.isolation.session import CONNECTED


class Rights(NamedTuple):
    """A role's privileges on one relation."""

    select: frozenset[str]
    """The columns it may read."""
    insert: frozenset[str]
    update: frozenset[str]
    delete: bool
    truncate: bool
    owns: bool
    """It is the owner, or has the owner's rights."""


NONE = Rights(frozenset(), frozenset(), frozenset(), delete=False, truncate=False, owns=False)


def rights(database: Database, role: str, relations: Iterable[str]) -> Mapping[str, Rights]:
    """By the relation's quoted name: what a role may do to it. In a schema that it may not use it may do nothing."""
    asked = ", ".join(f"({literal(sql)})" for sql in relations)
    if not asked:
        return {}
    name = literal(role)
    rows = database.run(
        f"""
        select r.sql, has_table_privilege({name}, c.oid, 'delete'), has_table_privilege({name}, c.oid, 'truncate'),
            pg_has_role({name}, c.relowner, 'usage'),
            json_agg(json_build_array(a.attname,
                has_column_privilege({name}, c.oid, a.attnum, 'select'),
                has_column_privilege({name}, c.oid, a.attnum, 'insert'),
                has_column_privilege({name}, c.oid, a.attnum, 'update')))
        from (values {asked}) as r (sql)
        join pg_class as c on c.oid = r.sql::regclass
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where has_schema_privilege({name}, c.relnamespace, 'usage')
        group by r.sql, c.oid
        """
    )
    return {sql: Rights(*_columns(columns), delete=delete, truncate=truncate, owns=owns) for sql, delete, truncate, owns, columns in rows}


def _columns(columns: Sequence[tuple[str, bool, bool, bool]]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Those that may be read, inserted and updated."""
    read, inserted, updated = (frozenset(each[0] for each in columns if each[place]) for place in (1, 2, 3))
    return read, inserted, updated


def callable_by(database: Database, role: str, functions: Iterable[Function]) -> list[Function]:
    """The functions that a role may call."""
    known = {function.oid: function for function in functions}
    if not known:
        return []
    name = literal(role)
    rows = database.run(
        f"select oid::int8 from pg_proc where oid in ({', '.join(map(str, known))})"
        f" and has_function_privilege({name}, oid, 'execute') and has_schema_privilege({name}, pronamespace, 'usage')"
    )
    return [known[oid] for (oid,) in rows]


def connecting(database: Database, role: str) -> str:
    """The role that connects for another and becomes it, as PostgREST does on Supabase; empty where that connects itself."""
    asked = f"select 1 from pg_roles where rolname = {literal(CONNECTED)} and pg_has_role(oid, {literal(role)}, 'member')"
    return CONNECTED if role != CONNECTED and database.run(asked) else ""


def is_above(database: Database, role: str) -> bool:
    """The role is a superuser or has BYPASSRLS: no policy binds it."""
    rows = database.run(f"select rolsuper or rolbypassrls from pg_roles where rolname = {literal(role)}")
    return bool(rows) and bool(rows[0][0])
