"""``invariants facts``: what there is to ask about."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from invariants.relations import Column
    from invariants.store import Store


@click.command("facts")
@click.argument("relation", required=False)
def command(relation: str | None) -> int:
    """List the relations of the fact database and the views that rules share, or the columns of one."""
    from invariants.relations import relations
    from invariants.vocabulary import views

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


def _columns(relation: str) -> Iterator[str]:
    """The columns of a relation with their sentences; of a view their names: what they say stands with the facts they come from."""
    from invariants.relations import relations

    found = next((each.columns for each in relations() if each.name == relation), None)
    if found is None:
        yield from view_columns(relation)
        return
    width = max(len(column.name) for column in found)
    for column in found:
        yield f"{column.name.ljust(width)}  {column.kind.ljust(7)}  {described(column)}"


def described(column: "Column") -> str:
    """A column's sentence, the only values that it has, and whether it may have none."""
    values = f" One of: {', '.join(column.values)}." if column.values else ""
    absent = " (may be absent)" if column.nullable else ""
    return f"{column.sentence}{values}{absent}"


def view_columns(view: str) -> list[str]:
    """The names of a view's columns."""
    return _empty().ask(f"select * from {view}")[0]  # noqa: S608


@cache
def _empty() -> "Store":
    """A store that knows no repository, but every relation."""
    from invariants.store import Store

    return Store()


def _first_line(sentence: str) -> str:
    return sentence.strip().partition("\n")[0]
