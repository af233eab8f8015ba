"""``invariants facts``: what there is to ask about."""

from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from invariants.relations import Column


class View(NamedTuple):
    """A relation of the vocabulary that rules share, derived from facts."""

    name: str
    sentence: str
    columns: tuple[str, ...]


@click.command("facts")
@click.argument("relation", required=False)
def command(relation: str | None) -> int:
    """List the relations of the fact database and the views that rules share, or the columns of one."""
    from invariants.relations import relations

    sentences = {each.name: each.sentence for each in relations()} | {each.name: each.sentence for each in views()}
    if relation is None:
        width = max(len(name) for name in sentences)
        for name, sentence in sentences.items():
            click.echo(f"{name.ljust(width)}  {_first_line(sentence)}")
        return 0
    if relation not in sentences:
        raise click.ClickException(f"there is no relation {relation}; `invariants facts` lists them")
    click.echo(f"{relation}: {_first_line(sentences[relation])}\n")
    for line in _columns(relation):
        click.echo(line)
    return 0


def views() -> list[View]:
    """The vocabulary, from the file that declares it: each view begins with a comment that says what it is."""
    from invariants.store import DECLARED, VIEWS, Store

    store = Store()
    text = VIEWS.read_text(encoding="utf-8")
    queries = dict(zip(DECLARED.findall(text), DECLARED.split(text)[2::2], strict=True))
    return [View(name, _comment(query), tuple(store.ask(f"select * from {name}")[0])) for name, query in queries.items()]  # noqa: S608


def _comment(query: str) -> str:
    """The comment that a query begins with, in one line."""
    said = []
    for line in query.strip().splitlines():
        if not line.startswith("--"):
            break
        said.append(line.removeprefix("--").strip())
    return " ".join(said)


def _columns(relation: str) -> list[str]:
    """The columns of a relation with their sentences; those of a view are those of the facts it stands on."""
    from invariants.relations import relations

    found = next((each.columns for each in relations() if each.name == relation), None)
    if found is None:
        return [column for each in views() if each.name == relation for column in each.columns]
    width = max(len(column.name) for column in found)
    return [f"{column.name.ljust(width)}  {column.kind.ljust(7)}  {described(column)}" for column in found]


def described(column: "Column") -> str:
    """A column's sentence, the only values that it has, and whether it may have none."""
    values = f" One of: {', '.join(column.values)}." if column.values else ""
    absent = " (may be absent)" if column.nullable else ""
    return f"{column.sentence}{values}{absent}"


def _first_line(sentence: str) -> str:
    return sentence.strip().partition("\n")[0]
