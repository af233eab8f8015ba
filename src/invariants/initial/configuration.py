"""The files of ``.invariants/`` as they would be written: what was detected, said with its evidence."""

import json
from collections.abc import Collection, Iterator, Sequence

from invariants.initial.databases import Database
from invariants.initial.guards import Candidate, Guards
from invariants.initial.tenancy import Setting
from invariants.reports.terminal import one_line

HEAD = """\
# What this repository promises about its tenants; `invariants check` holds it to that. Written by `invariants init`.
# What is said here rules. What is commented out is detected by every run anew, or is a choice that nobody has made.

[tenancy]
# What keeps tenants apart: "row" (row security, unless said otherwise), "query" (the application's queries) or "schema" (one for each).
# isolation = "row"
"""
TITLES = {
    "keys": "The columns that say which tenant a row belongs to.",
    "root": "The table of tenants itself.",
    "roles": "What the application connects as.",
    "session": "The settings and functions that hold who the session is: its tenant, its user.",
}
EXAMPLES = {"keys": '["tenant_id"]', "root": '"public.tenants"', "roles": '["app_user"]', "session": '["app.tenant_id"]'}
CHANGES = "Left to detection: to say it here would change what is found."
GUESS = "Left to detection: it is a guess."
TAIL = """
# Functions, as schema.name, that are known to let only rows of the session's tenant pass.
# predicates = []

# Whether row security must be forced on the owner of a table too: "required" (unless said otherwise) or "off", with a reason.
# force = "required"
# force_reason = ""
"""
DATABASES = """
# The databases, one stanza each, for when detection is wrong: none is detected any more where one is said.
"""
UNKNOWN_DATABASE = Database("main", "plain", ("migrations/*.sql",), "none was found: where are its migrations, and what runs them?")
ROUTES = """
# Guards of libraries, and those that are seen to turn people away, are known. Say those of which it cannot be seen, if they do.
"""
UNKNOWN_GUARD = Candidate("lib/auth.requireUser", 0, False, "", "session")
LEVELS = """
# The level of a rule: "error", "warning", "note" or "off". `invariants rules` lists them.
# [levels]
# rls-child-covered = "error"
"""
CARVEOUTS = """\
# Exceptions, each with a reason and somebody who answers for it. `invariants check` shows a stanza for each finding, to paste here;
# `invariants carveouts add` writes one. An exception that has expired, or that excuses nothing any more, is itself a finding.
#
# [[carveout]]
# rule = "rls-enabled"
# subject = "public.platform_audit_log"
# reason = "Written across tenants by design; read by the platform team only."
# owner = "@acme/security"
# expires = 2027-06-30
"""


def config(settings: Sequence[Setting], databases: Sequence[Database], said: Collection[str], remarks: Sequence[str], doors: Guards) -> str:
    """``config.toml``, with the settings that are ``said`` in force and the others as comments; remarks are about roles."""
    blocks = [_block(each, each.key in said, remarks if each.key == "roles" else ()) for each in settings]
    stanzas = "\n".join("\n".join(_stanza(each)) for each in databases or [UNKNOWN_DATABASE])
    guards = "\n".join("\n".join(_guard(each, doors)) for each in doors.doubtful or [UNKNOWN_GUARD])
    return f"{HEAD}{''.join(blocks)}{TAIL}{DATABASES}{stanzas}\n{ROUTES}{guards}\n{LEVELS}"


def is_sayable(setting: Setting) -> bool:
    """There is something to say, and room for all of it."""
    return bool(setting.values) and not setting.is_guess and (setting.key != "root" or len(setting.values) == 1)


def _block(setting: Setting, is_said: bool, remarks: Sequence[str]) -> str:
    value = _value(setting) if setting.values else EXAMPLES[setting.key]
    doubt = [GUESS if setting.is_guess else CHANGES] if setting.values and not is_said else []
    comments = [TITLES[setting.key], *(f"{text}." for text in [*setting.evidence, *remarks]), *doubt]
    lines = [*(f"# {one_line(comment)}" for comment in comments), f"{'' if is_said else '# '}{setting.key} = {value}"]
    return "\n" + "\n".join(lines) + "\n"


def _value(setting: Setting) -> str:
    written = [quoted(value) for value in setting.values]
    return written[0] if setting.key == "root" else f"[{', '.join(written)}]"


def _stanza(database: Database) -> Iterator[str]:
    yield f"# {one_line(database.evidence)}"
    yield "# [[database]]"
    yield f"# name = {quoted(database.name)}"
    yield f"# migrations = [{', '.join(map(quoted, database.patterns))}]"
    yield f"# runner = {quoted(database.runner)}"


def _guard(candidate: Candidate, doors: Guards) -> Iterator[str]:
    if candidate.routes:
        yield f"# {one_line(doors.said(candidate))}"
    yield "# [[routes.guard]]"
    yield f"# name = {quoted(candidate.symbol)}"
    yield f"# posture = {quoted(candidate.posture)}"


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
