"""What migration files say, statement by statement, before anything is applied."""

from typing import Annotated, NamedTuple

from invariants.facts.place import Place


class Statement(NamedTuple):
    """One PostgreSQL statement that a migration runs on its way up."""

    at: Annotated[Place, "The statement, without the white space and comments before it."]
    position: Annotated[int, "Its place among the statements of its file, from 0."]
    kind: Annotated[str, "Its node in PostgreSQL's grammar, such as create_stmt."]
    body: Annotated[str, "The statement's text, as PostgreSQL parses it."]
    placeholder: Annotated[str, "What another program fills in, where it does not parse without: ${name}; else empty."] = ""


class Revision(NamedTuple):
    """A migration whose order is told by a graph of revisions (Alembic, Django), not by its name."""

    at: Annotated[Place, "The line that names it."]
    name: Annotated[str, "Alembic: the revision; Django: app.name."]


class Parent(NamedTuple):
    """A revision that must run before another."""

    at: Annotated[Place, "The line that says so."]
    revision: Annotated[str, "The revision that waits."]
    parent: Annotated[str, "The revision that must have run."]


class Replacement(NamedTuple):
    """A revision that stands for others, squashed: where it runs, they do not."""

    at: Annotated[Place, "The line that says so."]
    revision: Annotated[str, "The revision that runs."]
    replaced: Annotated[str, "The revision that it stands for."]


class Operation(NamedTuple):
    """A migration's operation on models, whose SQL depends on the migrations before it (Django)."""

    at: Annotated[Place, "The operation."]
    position: Annotated[int, "Its place among the operations and statements of its file, from 0."]
    kind: Annotated[str, "Its class: CreateModel, AddField ..."]
    app: Annotated[str, "The application whose models it changes."]
    body: Annotated[str, "Its arguments, as JSON; calls are objects with their path, args and kwargs."]


class Include(NamedTuple):
    """Another SQL file that a migration runs at this point (psql's \\i and \\ir, graphile-migrate's --!include)."""

    at: Annotated[Place, "The line that includes it."]
    position: Annotated[int, "Its place among the statements of its file, from 0."]
    target: Annotated[str, "The included file, relative to the root."]


class Handed(NamedTuple):
    """Code in a migration whose effects cannot be told, and what gives away which table it is about; one fact a name."""

    at: Annotated[Place, "The code."]
    position: Annotated[int, "Before which statement or operation of its file it stands, from 0."]
    name: Annotated[str, "A name that it uses, perhaps a table's, or a model's of `app`; empty where it says none."]
    body: Annotated[str, "The SQL that it runs, as far as that can be told; empty where it may do anything."]
    doubt: Annotated[str, "What there is to say of it where the name is a table's, as a complete clause; empty where that was said."]
    app: Annotated[str, "The application of its models (Django); else empty."] = ""


class Contract(NamedTuple):
    """A comment by which a migration declares itself the contract step of one that expanded the schema before."""

    at: Annotated[Place, "The comment."]
    expand: Annotated[str, "The earlier migration: its path, the name of its file, or that of its folder; empty where it names none."]
    reason: Annotated[str, "Why nothing relies any more on what is taken away; empty where it says nothing."]


class Stray(NamedTuple):
    """A statement about row security in an SQL file that no runner runs."""

    at: Annotated[Place, "The statement."]
    table_name: Annotated[str, "The table it is about: schema.table."]
    policy_name: Annotated[str, "The policy it would create; empty where it would enable or force row security."]
