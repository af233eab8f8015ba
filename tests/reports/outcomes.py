"""Outcomes for tests: a plain one, one of anything that a hostile repository might say, and large ones."""

from collections.abc import Sequence
from datetime import date

from invariants.facts.place import Place
from invariants.finding import Carved, Finding, Level, Outcome, PackSummary, Rule, Verdict
from invariants.judge import fingerprint
from invariants.reports.presentation import Presentation

HOW = Presentation("shop", date(2026, 6, 1), "0.1.0")
RULE = Rule(
    "rls-enabled",
    "tenancy",
    "Row security is enabled on every tenant table.",
    "Without it every tenant reads every row.\n\nA second paragraph.",
    "alter table orders enable row level security;",
    "error",
    "tenant_table",
    "tables",
    ("soc2:CC6.1", "cwe:639"),
    "select 1",
    "rules/tenancy/rls-enabled.sql",
)
HELD = RULE._replace(id="rls-forced", title="Row security is forced on every tenant table.")
IDLE = RULE._replace(id="view-invoker-secured", title="A view reads as the one who asks.", over="tenant_view", noun="views")
PACK = PackSummary("tenancy", "tables", 41, 39, 1, 0, 1, 0, None, 9, (("tables", 41),))
VACUOUS = PackSummary("env", "variables", 0, 0, 0, 0, 0, 0, "no manifest", None, ())
FILE = ["-- orders\n", "create table orders (\n", "    tenant_id uuid not null\n", ");\n"]


def finding(
    subject: str = "public.orders",
    message: str = "row security is never enabled",
    *,
    path: str = "migrations/1.sql",
    line: int = 2,
    level: Level = "error",
    verdict: Verdict = "broken",
    rule: str = "rls-enabled",
    related: Sequence[tuple[Place, str]] = (),
) -> Finding:
    place = Place(path, line, 1, line, 22)
    return Finding(rule, subject, "main", verdict, level, message, place, tuple(related), fingerprint(rule, subject, ""))


def carved(subject: str = "public.audit", reason: str = "Written across tenants by design.", expires: str | None = "2026-06-10") -> Carved:
    return Carved(finding(subject), reason, "@acme/security", expires, Place(".invariants/carveouts.toml", 1, 1, 1, 13))


def outcome(
    *findings: Finding,
    carved: Sequence[Carved] = (),
    debt: Sequence[Finding] = (),
    packs: Sequence[PackSummary] = (PACK, VACUOUS),
    rules: Sequence[Rule] = (RULE, HELD, IDLE),
    detected: Sequence[str] = ("database main: 3 migrations in migrations, run by dbmate (detected)",),
    errors: Sequence[str] = (),
) -> Outcome:
    return Outcome(
        findings=tuple(findings),
        carved=tuple(carved),
        debt=tuple(debt),
        packs=tuple(packs),
        detected=tuple(detected),
        paid=(),
        errors=tuple(errors),
        rules=tuple(rules),
        vacuous=("view-invoker-secured",),
        notes=(),
        stages=(),
        elapsed=0.21,
    )


def lines(path: str) -> Sequence[str]:
    return FILE if path else ()


def nothing(path: str) -> Sequence[str]:
    """A snapshot in which no file can be read."""
    return ()


def hostile(text: str) -> Outcome:
    """An outcome in which everything that a repository can say says this."""
    place = Place(f"migrations/{text}.sql", 1, 1, 1, 4)
    found = finding(text, text, path=place.file, line=1, rule="own-rule", related=[(place, text)])
    rule = RULE._replace(id="own-rule", pack=text, title=text, why=text, fix=text, noun=text, path=f".invariants/rules/{text}/own-rule.sql")
    return outcome(
        found,
        carved=[Carved(found, text, text, None, place)],
        debt=[found],
        packs=[PACK._replace(pack=text, noun=text, counts=((text, 41),)), VACUOUS._replace(pack=f"{text}2", vacuous_reason=text)],
        rules=[rule],
        detected=[text],
        errors=[text],
    )


HOSTILE = (
    "::error::x",
    "\n::stop-commands::x",
    "a ##[add-matcher]x",
    "\x1b]8;;http://x\x1b\\\x1b[31m\x9b31m\x00\x7f\r\x85",
    "\u202egpj\u2066\u2028\u2029\ufeff\ufffe",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)' \" onfocus=\"alert(1)",
    "]]><!--&amp;&#0;",
    "| a | `b` | **c** _d_ ~~e~~ [f](http://x) ![g](x) <http://x> http://x www.x.org @team #1 $h$ :smile: \\",
    "%0A%25,a=b:c;",
    "1. one",
    "- one",
)
"""What a repository could say to command a terminal, a runner, a browser or a parser."""
