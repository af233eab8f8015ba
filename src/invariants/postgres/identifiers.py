"""Identifiers as SQL writes them."""

from functools import lru_cache

from invariants.postgres.grammar import pb, wrap, write_expression


@lru_cache(maxsize=4096)
def quote(name: str) -> str:
    """A name as ``quote_ident`` writes it: quoted where it must be."""
    if not name:
        return '""'
    reference = pb.ColumnRef()
    reference.fields.add().string.sval = name
    return write_expression(wrap("column_ref", reference))
