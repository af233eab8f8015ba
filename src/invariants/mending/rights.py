"""Views that read as their caller, functions that look names up where they should, and privileges that go too far."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from invariants.finding import Patch
from invariants.mending.schema import Schema, Unmended
from invariants.mending.tables import Step, patch
from invariants.wording import identifier, qualified

UNGOVERNED = ("truncate", "references", "trigger", "maintain")
"""The privileges that no policy is asked about."""
PLACES = {"supabase": ("public", "extensions")}
"""Where names are looked up that say no schema, by runner."""


def _invoker(schema: Schema, view: str) -> Patch:
    """A view with its caller's rights, who must be able to read what it reads."""
    rows = schema.rows("select kind from tenant_view where database = {database} and name = {view}", view=view)
    if any(kind == "materialized" for (kind,) in rows):
        raise Unmended("a materialized view keeps its rows: take it away from the application, or read its tables instead")
    callers = schema.readers(view)
    for (table,) in schema.rows("select target from owner_view_reading where database = {database} and reader = {view}", view=view):
        if lacking := sorted(callers - schema.readers(table) - {"public"}):
            raise Unmended(f"{', '.join(lacking)} may not read {table}, and could not read the view any more")
    name = qualified(view)
    return Patch((f"alter view {name} set (security_invoker = true)",), (f"alter view {name} reset (security_invoker)",))


def _pinned(schema: Schema, function: str) -> Patch:
    """A function that looks names up where they are found today, and last of all among what its caller made for the moment."""
    rows = schema.rows(
        "select kind, signature from definer_function where database = {database} and name = {function} and search_path is null "
        "order by signature",
        function=function,
    )
    path = ", ".join([*_places(schema, function), "pg_temp"])
    return patch((f"{named} set search_path = {path}", f"{named} reset search_path") for named in _altered(function, rows))


def _altered(function: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    for kind, signature in rows:
        yield f"alter {'procedure' if kind == 'procedure' else 'function'} {qualified(function)}({signature})"


def _places(schema: Schema, function: str) -> list[str]:
    """The schemas of the usual path, and the function's own."""
    said = [name for (name,) in schema.rows("select schema_name from settings_search_path order by position, place")]
    usual = said or [*PLACES.get(schema.runner, ("public",))]
    own = function.partition(".")[0]
    return [identifier(each) for each in dict.fromkeys([*usual, own])]


def _revoked(schema: Schema, table: str) -> Patch:
    """Privileges that row security does not govern, taken back from whom they were granted to."""
    return patch(_revoking(schema, table))


def _revoking(schema: Schema, table: str) -> Iterator[Step]:
    [(owner,)] = schema.rows("select owner from db_table where database = {database} and name = {table}", table=table)
    held: dict[str, dict[str, None]] = defaultdict(dict)
    for grant in schema.grants.get(table, ()):
        if grant.privilege in UNGOVERNED:
            column = f" ({identifier(grant.column)})" if grant.column else ""
            held[grant.grantee][f"{grant.privilege}{column}"] = None
    if owner in held:
        raise Unmended(f"{owner} owns it, and may grant itself anything: give it another owner")
    for grantee, privileges in held.items():
        what, whom = ", ".join(privileges), f"{qualified(table)} {{}} {identifier(grantee)}"
        yield f"revoke {what} on {whom.format('from')}", f"grant {what} on {whom.format('to')}"


MENDERS: Mapping[str, Callable[[Schema, str], Patch]] = {
    "view-invoker-secured": _invoker,
    "definer-search-path-pinned": _pinned,
    "tenant-grant-minimal": _revoked,
}
