"""How numbers, days and names are said: ``1 migration``, ``12 migrations``, ``in 9 days``, ``"order"``."""

import re

KEYWORDS = frozenset(
    """all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character
    check coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role
    current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists
    extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int
    integer intersect interval into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg json_query
    json_scalar json_serialize json_table json_value lateral leading least left like limit localtime localtimestamp merge_action
    national natural nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing
    position precision primary real references returning right row select session_user setof similar smallint some substring symmetric
    system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic
    verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
    xmlserialize xmltable""".split()
)
"""What PostgreSQL does not read as a name everywhere."""


def plural(word: str) -> str:
    """``policy`` as ``policies``."""
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def counted(number: int, noun: str) -> str:
    """A number of what a noun in the plural says."""
    return f"{number} {_singular(noun) if number == 1 else noun}"


def in_days(days: int) -> str:
    """``today``, ``in 9 days``."""
    return "today" if days == 0 else f"in {counted(days, 'days')}"


def _singular(noun: str) -> str:
    return f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")


def identifier(name: str) -> str:
    """A name as SQL writes it, quoted where its case, its signs or PostgreSQL's grammar need it."""
    is_plain = re.fullmatch(r"[a-z_][a-z0-9_$]*", name) and name not in KEYWORDS
    return name if is_plain else '"' + name.replace('"', '""') + '"'


def qualified(name: str) -> str:
    """``schema.name`` as SQL writes it."""
    return ".".join(identifier(part) for part in name.split(".", 1))
