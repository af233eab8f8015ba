"""Extensions, publications, and what else a database holds that no rule asks about."""

from collections.abc import Mapping
from typing import Any

from invariants.replay.errors import Failure, Unknown
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import creation_schema, find_relation, object_named, schema_named
from invariants.replay.objects import Extension, Publication, Schema, Step
from invariants.replay.privileges import initial_acl
from invariants.replay.records import replace
from invariants.replay.shelf import Use

OWN_SCHEMAS: Mapping[str, str] = {
    "citus": "citus",
    "pg_cron": "cron",
    "pg_graphql": "graphql",
    "pg_net": "net",
    "pg_tle": "pgtle",
    "pgmq": "pgmq",
    "pgsodium": "pgsodium",
    "postgis_tiger_geocoder": "tiger",
    "postgis_topology": "topology",
    "supabase_vault": "vault",
}
"""The extensions that bring a schema of their own, and make it where it is missing."""


def _create(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    options = {each.def_elem.defname: each.def_elem.arg for each in node.options}
    if catalog.extensions.named(node.extname) or node.extname == "plpgsql":  # every database has it
        if node.if_not_exists:
            return
        raise Failure("42710", f'extension "{node.extname}" already exists')
    schema = _schema(machine, node.extname, options["schema"].string.sval if "schema" in options else "")
    step = Step(catalog.at, "created")
    uses = frozenset({Use(schema.oid)})
    catalog.extensions.put(Extension(oid=catalog.oid(), name=node.extname, schema=schema.oid, uses=uses, made=catalog.at, history=(step,)))


def _schema(machine: Machine, name: str, asked: str) -> Schema:
    """Where an extension's objects go: where the statement says, else to its own schema, else to where tables would go."""
    catalog = machine.catalog
    own = OWN_SCHEMAS.get(name)
    if own and (found := catalog.schemas.named(own)):
        return found
    if own:
        return catalog.schemas.put(_new_schema(machine, own))
    if asked:
        return schema_named(catalog, asked)
    return creation_schema(catalog)


def _new_schema(machine: Machine, name: str) -> Schema:
    catalog = machine.catalog
    owner = catalog.session.user
    acl = initial_acl(machine, "schema", 0, owner)
    return Schema(oid=catalog.oid(), name=name, owner=owner, acl=acl, made=catalog.at, history=(Step(catalog.at, "created"),))


def _alter(machine: Machine, node: Any) -> None:
    """ALTER EXTENSION ... UPDATE, ADD and DROP."""
    object_named(machine.catalog.extensions, "extension", node.extname)


def move(machine: Machine, node: Any) -> None:
    """ALTER EXTENSION ... SET SCHEMA."""
    catalog = machine.catalog
    found, schema = object_named(catalog.extensions, "extension", node.object.string.sval), schema_named(catalog, node.newschema)
    step = Step(catalog.at, f"moved from {catalog.schemas[found.schema].name}")
    catalog.extensions.put(replace(found, schema=schema.oid, uses=frozenset({Use(schema.oid)}), history=(*found.history, step)))


def _create_publication(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    if catalog.publications.named(node.pubname):
        raise Failure("42710", f'publication "{node.pubname}" already exists')
    _check_tables(machine, node)
    step = Step(catalog.at, "created")
    oid, owner = catalog.oid(), catalog.session.user
    catalog.publications.put(
        Publication(oid=oid, name=node.pubname, owner=owner, all_tables=node.for_all_tables, made=catalog.at, history=(step,))
    )


def _alter_publication(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    found = object_named(catalog.publications, "publication", node.pubname)
    _check_tables(machine, node)
    catalog.publications.put(replace(found, history=(*found.history, Step(catalog.at, "altered"))))


def _check_tables(machine: Machine, node: Any) -> None:
    """The tables that a publication names are there."""
    for each in node.pubobjects:
        if each.publication_obj_spec.HasField("pubtable"):
            find_relation(machine, each.publication_obj_spec.pubtable.relation)


def rename_publication(machine: Machine, node: Any) -> None:
    """ALTER PUBLICATION ... RENAME TO."""
    catalog = machine.catalog
    found = object_named(catalog.publications, "publication", node.object.string.sval)
    if catalog.publications.named(node.newname):
        raise Failure("42710", f'publication "{node.newname}" already exists')
    step = Step(catalog.at, f"renamed from {found.name}")
    catalog.publications.put(replace(found, name=node.newname, history=(*found.history, step)))


def _import(_: Machine, node: Any) -> None:
    raise Unknown(
        f'the tables of the foreign schema "{node.remote_schema}" cannot be told',
        "declare them with CREATE FOREIGN TABLE",
    )


def _nothing(machine: Machine, node: Any) -> None:
    """Makes or changes something that is not kept: it holds no rows, and no rule asks about it."""


UNKEPT = """create_subscription alter_subscription drop_subscription create_fdw alter_fdw create_foreign_server alter_foreign_server
    create_user_mapping alter_user_mapping drop_user_mapping create_am create_op_class create_op_family alter_op_family alter_operator
    create_conversion create_cast create_transform create_plang alter_tsdictionary alter_tsconfiguration
    alter_type alter_object_depends alter_table_move_all"""

HANDLERS: dict[str, Handler] = {
    "create_extension_stmt": _create,
    "alter_extension_stmt": _alter,
    "alter_extension_contents_stmt": _alter,
    "create_publication_stmt": _create_publication,
    "alter_publication_stmt": _alter_publication,
    "import_foreign_schema_stmt": _import,
    **dict.fromkeys((f"{each}_stmt" for each in UNKEPT.split()), _nothing),
}
