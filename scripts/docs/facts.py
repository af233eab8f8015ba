"""The fact database: a page for each domain, out of the declarations, and one for the views that rules share."""

from types import ModuleType

from invariants.cli.facts import described, view_columns
from invariants.relations import DOMAINS, Relation, relations
from invariants.vocabulary import View, views
from scripts.docs.markdown import fence, prose, table

INTRODUCTION = """\
# Facts

What is read from a repository becomes rows of a database, and every rule is a query over it. Ask it yourself:

{question}

A relation is made of one kind of fact. Each stands at a place, and so has `file` and `line` beside the columns that are listed. Booleans
are 0 and 1. With `--staged` and `--since` every relation has a counterpart with the facts of the base, under its name with `base_`
before it.
`invariants facts` lists all this at the prompt.
"""
QUESTION = "invariants query 'select name, rls_enabled from tenant_table'"


def pages() -> dict[str, str]:
    """The pages by their paths."""
    domains = {domain: [each for each in relations() if each.fact.__module__ == domain.__name__] for domain in DOMAINS}
    found = {f"facts/{_word(domain)}.md": _domain(domain, of_it) for domain, of_it in domains.items()}
    return {"facts/index.md": _overview(domains), "facts/views.md": _views()} | found


def places() -> dict[str, str]:
    """Where each relation and each view is described."""
    found = {each.name: f"facts/{each.name.partition('_')[0]}.md#{each.name}" for each in relations()}
    return {each.name: f"facts/views.md#{each.name}" for each in views()} | found


def _word(domain: ModuleType) -> str:
    return domain.__name__.rpartition(".")[2]


def _overview(domains: dict[ModuleType, list[Relation]]) -> str:
    blocks = [
        INTRODUCTION.format(question=fence(QUESTION, "sh")),
        "## Views",
        "What people and rules ask first: [the vocabulary](views.md), derived from the facts.",
    ]
    for domain, of_it in domains.items():
        rows = [(f"`{each.name}`", prose(_first_line(each.sentence))) for each in of_it]
        summary = prose(_first_line(domain.__doc__ or ""))
        blocks += [f"## {_word(domain)}", f"{summary} [Their columns]({_word(domain)}.md).", table(("Relation", "A row is"), rows)]
    return "\n\n".join(blocks) + "\n"


def _domain(domain: ModuleType, of_it: list[Relation]) -> str:
    return "\n\n".join([f"# {_word(domain)}", prose((domain.__doc__ or "").replace("``", "`").strip()), *map(_relation, of_it)]) + "\n"


def _relation(relation: Relation) -> str:
    rows = [(f"`{each.name}`", each.kind, prose(described(each))) for each in relation.columns]
    sentence = prose(relation.sentence.replace("``", "`").strip())
    return f"## {relation.name} {{ #{relation.name} }}\n\n{sentence}\n\n{table(('Column', 'Kind', 'What it says'), rows)}"


def _views() -> str:
    start = "Relations derived from the facts, once a run: the words that rules are written in. `src/invariants/views.sql` declares them."
    return "\n\n".join(["# Views", start, *map(_view, views())]) + "\n"


def _view(view: View) -> str:
    columns = ", ".join(f"`{name}`" for name in view_columns(view.name))
    return f"## {view.name} {{ #{view.name} }}\n\n{prose(view.sentence)}\n\nColumns: {columns}"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].replace("``", "`")
