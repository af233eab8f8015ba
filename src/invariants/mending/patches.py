"""Findings and what mends them; or why nothing does."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from invariants.finding import Edit, Finding, Patch
from invariants.mending import columns, directives, rights, tables
from invariants.mending.idiom import binding
from invariants.mending.lines import added
from invariants.mending.migrations import Folder, Step, write
from invariants.mending.schema import Schema, Unmended
from invariants.store import Store

MENDERS: Mapping[str, Callable[[Schema, str], Patch]] = {
    **rights.MENDERS,
    **tables.MENDERS,
    **columns.MENDERS,
    **directives.MENDERS,
}
"""By rule, in the order in which a migration mends: what is taken away, what is shut, what is tidied; last what code says."""
ORDER = tuple(MENDERS)
OTHERS = {
    "rls-policy-isolates": "which rows the policy is meant to let through is for a person to say",
    "rls-write-checked": "which rows may be written is for a person to say",
    "definer-function-confined": "what the function is meant to reach is for a person to say: narrow it, or carve it out",
    "role-subject-to-rls": "what else the role is for is not known here",
    "tenant-reference-scoped": "a wider foreign key needs a unique key to lead to, and rows that fit it",
    "tenant-unique-scoped": "whether a value may occur once in each tenant is for a person to say",
    "tenant-context-local": "it is the code that sets it which must change",
    "env-used": "whether something else reads it is for a person to say",
    "env-secret-private": "the secret is to be kept on the server, and replaced where it was published",
    "env-secret-sealed": "it is to be stored anew on the platform, and replaced",
    "env-file-untracked": "what was committed stays in the history: its secrets are to be replaced first",
    "env-transport-secured": "whether the server takes TLS is not known here",
    "env-fingerprint-matches": "which of the two values is right is for a person to say",
}
"""Why rules are not mended."""
BINDING = {"rls-policy-isolates", "rls-write-checked", "rls-policy-present"}
"""Rules about policies, whose mends bind rows to a session's tenant."""
UNKNOWN = "nothing is known that would mend it safely"


class Sources(NamedTuple):
    """The files of a repository, as migrations are written beside them."""

    paths: frozenset[str]
    read: Callable[[str], bytes]
    moment: datetime
    """What migrations that are named by a moment are named by."""


class Mended(NamedTuple):
    """A finding and what mends it, or why nothing does."""

    finding: Finding
    patch: Patch | None
    reason: str
    binding: str = ""
    """What binds rows of its table to a session's tenant, for a person to write where nothing mends it."""


def mended(store: Store, findings: Sequence[Finding]) -> Iterator[Mended]:
    """What mends each finding, by itself or together with the others; no migrations are written of it yet."""
    asked = {(each.rule, each.subject) for each in findings if each.verdict == "broken"}
    schemas = {name: Schema(store, name, asked) for name in {each.database for each in findings}}
    for each in findings:
        try:
            yield Mended(each, _patch(schemas[each.database], each), "")
        except Unmended as unmended:
            yield Mended(each, None, str(unmended), _binding(schemas[each.database], each))


def _binding(schema: Schema, finding: Finding) -> str:
    table = finding.subject.partition("/")[0]
    return binding(schema, table) if finding.rule in BINDING and table in schema.keys else ""


def _patch(schema: Schema, finding: Finding) -> Patch:
    if finding.verdict == "unverified":
        raise Unmended("it could not be told whether anything is broken")
    if finding.rule not in MENDERS:
        raise Unmended(OTHERS.get(finding.rule, UNKNOWN))
    return MENDERS[finding.rule](schema, finding.subject)


def patched(store: Store, findings: Sequence[Finding], sources: Sources) -> list[Finding]:
    """Findings with what mends them, each in a migration of its own. Snapshots of Drizzle's would only be repeated: they are left out."""
    known: dict[str, Folder] = {}
    sources = sources._replace(paths=frozenset(path for path in sources.paths if not path.endswith("snapshot.json")))
    return [each.finding._replace(patch=_alone(store, each, sources, known), binding=each.binding) for each in mended(store, findings)]


def _alone(store: Store, each: Mended, sources: Sources, known: dict[str, Folder]) -> Patch | None:
    if each.patch is None:
        return None
    try:
        if not each.patch.statements:
            return each.patch._replace(edits=added(each.patch.insertions, sources.read))
        database = each.finding.database
        if database not in known:
            known[database] = folder(store, database, sources)
        return each.patch._replace(edits=write(known[database], [_step(each.finding, each.patch)], sources.moment))
    except Unmended:
        return each.patch


def drafted(folder: Folder, done: Iterable[Mended], sources: Sources) -> tuple[Edit, ...]:
    """One migration that mends all of these."""
    pairs = [(each.finding, each.patch) for each in done if each.patch and each.patch.statements]
    ordered = sorted(pairs, key=lambda pair: (ORDER.index(pair[0].rule), pair[0].subject))
    return write(folder, [_step(*pair) for pair in ordered], sources.moment)


def _step(finding: Finding, patch: Patch) -> Step:
    return Step(finding.rule, finding.subject, patch.statements, patch.undo, finding.place.file)


def folder(store: Store, database: str, sources: Sources) -> Folder:
    """The migrations of a database; each of their files is read once, however many findings ask for the next."""
    schema = Schema(store, database)
    [(runner, place)] = schema.rows("select runner, folder from db_database where database = {database}")
    files = [path for (path,) in schema.rows("select path from db_migration where database = {database} order by position")]
    revisions = schema.rows("select r.file, r.name from ddl_revision as r order by r.file, r.line")
    parents = schema.rows("select p.file, p.parent from ddl_parent as p order by p.file, p.line")
    own = set(files)
    return Folder(
        runner,
        place,
        tuple(files),
        sources.paths,
        cache(sources.read),
        [(file, name) for file, name in revisions if file in own],
        [(file, parent) for file, parent in parents if file in own],
    )
