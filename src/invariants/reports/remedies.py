"""What to do about a finding: a rule's fix in the finding's own names, and the carve-out that would except it."""

import re
from collections.abc import Sequence

from invariants.finding import Finding, Rule
from invariants.wording import identifier

NAMED = {"tables", "columns", "policies", "views", "functions"}
"""What has a name that an example's can give way to, as rules count it; a migration has a path, and a role no schema."""
VARIABLE = re.compile(r"[A-Za-z_]\w*")
BINDING = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
"""What binds rows to a session's tenant in examples."""
EXAMPLE = re.compile(r"\b(?:orders|order_totals|close_account\(uuid\)|tenant_rows)(?!\w)")


def remedy(rule: Rule, finding: Finding) -> list[str]:
    """The lines of what mends a finding; where that cannot be told, of what its rule says."""
    if finding.patch is None:
        return tailored(rule, finding.subject, finding.binding).splitlines()
    statements = "".join(f"{statement};\n" for statement in finding.patch.statements).splitlines()
    return [*statements, *(each.text for each in finding.patch.insertions)]


def tailored(rule: Rule, subject: str, binding: str = "") -> str:
    """A rule's fix in the subject's names: ``orders`` is the table, ``tenant_rows`` the policy, ``ORDERS_URL`` the variable.

    ``binding`` is what binds rows to a session's tenant there, where the repository's own policies say.
    """
    if rule.noun == "variables":
        return rule.fix.replace("ORDERS_URL", subject) if VARIABLE.fullmatch(subject) else rule.fix
    if rule.noun not in NAMED:
        return rule.fix
    table, _, policy = subject.partition("/")
    name = ".".join(identifier(part) for part in table.split(".")[:2])
    policy_name = identifier(policy) if policy else "tenant_rows"
    fix = EXAMPLE.sub(lambda found: policy_name if found[0] == "tenant_rows" else name, rule.fix)
    return fix.replace(BINDING, binding or BINDING)


def stanza(finding: Finding) -> list[str]:
    """A carve-out to paste; the reason is for a person to write."""
    database = [f"database = {_quoted(finding.database)}"] if finding.database else []
    return ["[[carveout]]", f'rule = "{finding.rule}"', f"subject = {_quoted(finding.subject)}", *database, 'reason = ""', 'owner = ""']


def _quoted(text: str) -> str:
    """A string of TOML, whose escapes are those of JSON."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def first_paragraph(why: str) -> str:
    """Why a rule matters, in a line."""
    return " ".join(why.split("\n\n", maxsplit=1)[0].split())


def by_database(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Findings that name their database only where there are several to tell apart."""
    several = len({finding.database for finding in findings}) > 1
    return findings if several else [each._replace(database="") for each in findings]
