"""``invariants facts``: what there is to ask about."""

import click


@click.command("facts")
@click.argument("relation", required=False)
def command(relation: str | None) -> int:
    """List the relations of the fact database, or the columns of one."""
    from invariants.relations import relations

    known = {each.name: each for each in relations()}
    if relation is None:
        width = max(len(name) for name in known)
        for name, each in known.items():
            click.echo(f"{name.ljust(width)}  {_first_line(each.sentence)}")
        return 0
    if relation not in known:
        raise click.ClickException(f"there is no relation {relation}; `invariants facts` lists them")
    found = known[relation]
    click.echo(f"{relation}: {_first_line(found.sentence)}\n")
    width = max(len(column.name) for column in found.columns)
    for column in found.columns:
        absent = " (may be absent)" if column.nullable else ""
        values = f" One of: {', '.join(column.values)}." if column.values else ""
        click.echo(f"{column.name.ljust(width)}  {column.kind.ljust(7)}  {column.sentence}{values}{absent}")
    return 0


def _first_line(sentence: str) -> str:
    return sentence.strip().partition("\n")[0]
