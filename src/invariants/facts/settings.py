"""What a repository's own configuration says, and what was detected where it says nothing."""

from typing import Annotated, Literal, NamedTuple

from invariants.facts.place import Place

Source = Literal["configured", "detected", "default"]


class TenantKey(NamedTuple):
    """A column name that says which tenant a row belongs to."""

    at: Annotated[Place, "The configuration's line, or the first column of that name."]
    database: Annotated[str, "The database it is the key of; empty for all."]
    name: Annotated[str, "The column name."]
    source: Annotated[Source, "Who said so."]
    evidence: Annotated[str, "Why it was taken, as a clause."]


class TenantRoot(NamedTuple):
    """The table of tenants itself."""

    at: Annotated[Place, "The configuration's line, or the table."]
    database: Annotated[str, "Its database; empty for all."]
    name: Annotated[str, "schema.table."]
    source: Annotated[Source, "Who said so."]


class AppRole(NamedTuple):
    """A role the application connects as."""

    at: Annotated[Place, "The configuration's line, or the statement that gave it away."]
    database: Annotated[str, "Its database; empty for all."]
    name: Annotated[str, "The role."]
    source: Annotated[Source, "Who said so."]


class SessionSource(NamedTuple):
    """A setting or function that holds who the session is."""

    at: Annotated[Place, "The configuration's line."]
    name: Annotated[str, "app.tenant_id, auth.uid ..."]
    source: Annotated[Source, "Who said so."]


class Predicate(NamedTuple):
    """A function known to isolate."""

    at: Annotated[Place, "The configuration's line."]
    name: Annotated[str, "schema.name."]


class TenantSchema(NamedTuple):
    """A pattern of the schemas that each belong to one tenant."""

    at: Annotated[Place, "The configuration's line."]
    pattern: Annotated[str, "A schema name, * for any characters."]


class Choice(NamedTuple):
    """A choice of configuration that is one word: isolation, force ..."""

    at: Annotated[Place, "The configuration's line."]
    name: Annotated[str, "The key: tenancy.isolation, tenancy.force ..."]
    value: Annotated[str, "Its value."]
    source: Annotated[Source, "Who said so."]


class Carveout(NamedTuple):
    """An exception from a rule."""

    at: Annotated[Place, "Its stanza."]
    position: Annotated[int, "Its place in the file, from 0."]
    rule: Annotated[str, "The rule it excuses from."]
    subject: Annotated[str, "The subject or pattern it excuses."]
    database: Annotated[str, "The database it is limited to; empty for any."]
    at_most: Annotated[int | None, "How many subjects a pattern may excuse."]
    reason: Annotated[str, "Why."]
    owner: Annotated[str, "Who answers for it."]
    expires: Annotated[str | None, "The last day it holds, as YYYY-MM-DD."]
    fault: Annotated[str | None, "What is wrong with the stanza itself; then it excuses nothing."]
    excused: Annotated[
        int | None, "How many findings it excuses, filled in once the other rules have run; absent where its rule judges changes."
    ]
    expired: Annotated[bool, "Its last day is before the day of the run."]


class Debt(NamedTuple):
    """A finding that the baseline holds: known, to be paid, and not failing."""

    at: Annotated[Place, "Its entry."]
    rule: Annotated[str, "The rule that does not hold."]
    subject: Annotated[str, "What it does not hold for."]
    database: Annotated[str, "The database; empty where there was only one."]


class Level(NamedTuple):
    """A rule whose level the configuration decides."""

    at: Annotated[Place, "The configuration's line."]
    rule: Annotated[str, "The rule."]
    level: Annotated[Literal["error", "warning", "note", "off"], "Its level here; off: it is not judged."]


class SearchPath(NamedTuple):
    """A schema of the search path that a configured database's runner sets."""

    at: Annotated[Place, "The configuration's line."]
    position: Annotated[int, "Which database of the configuration, from 0."]
    place: Annotated[int, "Its place in the path, from 0."]
    schema_name: Annotated[str, "The schema."]


class Migrations(NamedTuple):
    """A pattern of the paths that hold a configured database's migrations."""

    at: Annotated[Place, "The configuration's line."]
    position: Annotated[int, "Which of the configured databases it belongs to, from 0."]
    database: Annotated[str | None, "The database's name, where configured."]
    runner: Annotated[str | None, "What applies its migrations, where configured."]
    pattern: Annotated[str, "A path pattern, relative to the root: * within a folder, ** across folders."]


class RouteGuard(NamedTuple):
    """A guard that the configuration tells of."""

    at: Annotated[Place, "The configuration's line."]
    name: Annotated[str, "The symbol: the defining file without extension, a dot, the name."]
    posture: Annotated[str, "What it lets in, in words; {0} and {name} are arguments of its call."]


class RouteWord(NamedTuple):
    """A function that the routes' rules look for."""

    at: Annotated[Place, "The configuration's line."]
    purpose: Annotated[Literal["audit", "rate_limit", "cron_wrapper"], "What it does."]
    name: Annotated[str, "The symbol: the defining file without extension, a dot, the name."]


class RouteRequirement(NamedTuple):
    """Something that routes of a pattern must have: one row for each word of the posture and each call."""

    at: Annotated[Place, "The configuration's line."]
    pattern: Annotated[str, "The paths, ** for any number of segments; or the name of an action or procedure, * for any characters."]
    methods: Annotated[str, "The methods, divided by blanks, with one before the first and after the last; empty: all."]
    kind: Annotated[Literal["posture", "call"], "What is asked for."]
    value: Annotated[str, "A word of the posture, or the symbol that is called."]


class Confinement(NamedTuple):
    """A module or symbol that only some files may use: one row for each pattern of them."""

    at: Annotated[Place, "The configuration's line."]
    name: Annotated[str, "A module without extension, or a symbol in it."]
    pattern: Annotated[str, "The files that may use it, ** for any number of folders; empty where none may."]
