"""What to do about a finding: a rule's fix in the finding's own names, and the carve-out that would except it."""

import re
from collections.abc import Sequence

from invariants.finding import Finding


def tailored(fix: str, subject: str) -> str:
    """A rule's fix with its example's names replaced by the subject's: ``orders`` stands for the table, ``tenant_rows`` for the policy."""
    table, _, policy = subject.partition("/")
    name = ".".join(_identifier(part) for part in table.split(".")[:2])
    for example, actual in (("orders", name), ("order_totals", name), (r"close_account\(uuid\)", name)):
        fix = re.sub(rf"\b{example}(?!\w)", lambda _, actual=actual: actual, fix)  # type: ignore[misc]
    return re.sub(r"\btenant_rows\b", lambda _: _identifier(policy), fix) if policy else fix


def _identifier(name: str) -> str:
    """A name as SQL writes it, quoted where its case or signs need it."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_$]*", name) else '"' + name.replace('"', '""') + '"'


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
