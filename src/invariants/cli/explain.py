"""``invariants explain``: a rule's page, offline, or the reasoning about one policy of this repository."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from invariants.cli import completion

TERMS = """
select t.side, t.position, t.verdict, t.term, t.folded, t.reason, t.role, t.command, t.witness, t.file, t.line, t.database
from db_policy_term as t where t.table_name || '/' || t.policy_name = {subject} order by t.database, t.side desc, t.position
"""
STEPS = """
select s.what from db_policy_step as s
where s.table_name || '/' || s.policy_name = {subject} and s.database = {database} and s.side = {side} and s.term_position = {position}
order by s.position
"""


@click.command("explain")
@click.argument("subject", metavar="RULE|POLICY", shell_complete=completion.rules)
def command(subject: str) -> int:
    """Say what a rule holds, why, and how to mend what breaks it; or, of schema.table/policy, how it was judged."""
    from invariants.cli.rules import all_rules
    from invariants.reports import pages
    from invariants.reports.terminal import lines

    known = {each.id: each for each in all_rules(Path.cwd())}
    if subject in known:
        click.echo(lines(pages.text(known[subject])))
        return 0
    if "/" in subject:
        click.echo(lines(reasoning(subject)))
        return 0
    near = _near(subject, list(known))
    raise click.ClickException(f"there is no rule {subject}{f'; did you mean {near}?' if near else ''}")


def _near(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known, 1)), "")


def reasoning(subject: str) -> str:
    """How a policy was judged: each disjunct, what it comes to, the verdict and the steps to it."""
    from invariants.check import Options, Run
    from invariants.reports.terminal import plain
    from invariants.snapshots import find_root

    store = Run(Options(find_root(Path.cwd()))).store
    store.save()
    _, terms = store.ask(TERMS.format(subject=_quoted(subject)))
    if not terms:
        names = [f"{table}/{name}" for table, name in store.ask("select table_name, name from policy")[1]]
        near = _near(subject, names)
        others = "restrictive policies and those of tables without tenants are not"
        hint = f"did you mean {near}?" if near and near != subject else others
        raise click.ClickException(f"no policy {subject} was judged; {hint}")
    lines = [subject]
    for term in terms:
        asked = STEPS.format(subject=_quoted(subject), database=_quoted(term[-1]), side=_quoted(term[0]), position=int(term[1]))
        lines += _term(term, [what for (what,) in store.ask(asked)[1]])
    return "\n".join(plain(line) for line in lines)


def _term(term: Sequence[Any], steps: Sequence[str]) -> Iterator[str]:
    side, _, verdict, text, folded, reason, role, command_, witness, file, line, _ = term
    yield ""
    yield f"{'USING' if side == 'using' else 'WITH CHECK'} {text}"
    yield f"  at {file}:{line}"
    if folded != text:
        yield f"  comes to {folded}"
    yield f"  {verdict}{f' (as {role}, {command_})' if role else ''}: {reason}"
    if witness:
        yield f"  for example {witness}"
    yield from (f"  - {step}" for step in steps)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
