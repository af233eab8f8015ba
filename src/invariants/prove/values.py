"""Values for columns: which type takes which text, and which texts tell one tenant's rows from another's."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from invariants.prove.catalog import Column

Who = Literal["A", "B", ""]
"""Whose a row is: the one tenant's, the other's, or nobody's."""

WORDS: dict[Who, str] = {"A": "alpha", "B": "bravo", "": "nobody"}
DIGITS: dict[Who, int] = {"A": 1, "B": 2, "": 3}

INTEGERS = {"int2", "int4", "int8", "oid"}
NUMBERS = {*INTEGERS, "numeric", "float4", "float8", "money"}
TEXTS = {"text", "varchar", "bpchar", "name", "citext", "char"}
TIMES = {"date", "timestamp", "timestamptz"}

COMMON = (
    "alpha@example.com",
    "https://alpha.example.com",
    "/alpha",
    "alpha",
    "ALPHA",
    "al",
    "AL",
    "USD",
    "en",
    "en-US",
    "a",
    "A",
    "1",
    "0123456789",
    "+15555550100",
    "#aabbcc",
    "127.0.0.1",
    "12:00",
    "2040-01-01",
    "0" * 32,
    "a" * 40,
    "0" * 64,
    "a" * 100,
    "{}",
    "",
)
"""Texts of the forms that checks commonly ask for."""

FIXED = {
    "json": "{}",
    "jsonb": "{}",
    "xml": "<a/>",
    "interval": "1 hour",
    "tsvector": "alpha",
    "tsquery": "alpha",
    "hstore": "",
    "ltree": "alpha",
    "point": "(0,0)",
    "line": "{1,-1,0}",
    "lseg": "[(0,0),(1,1)]",
    "box": "(1,1),(0,0)",
    "path": "[(0,0),(1,1)]",
    "polygon": "((0,0),(1,1),(1,0))",
    "circle": "<(0,0),1>",
    "geometry": "POINT(0 0)",
    "geography": "POINT(0 0)",
    "pg_lsn": "0/0",
    "regclass": "pg_class",
}
RANGES = {
    "int4range": "[1,2)",
    "int8range": "[1,2)",
    "numrange": "[1,2)",
    "daterange": "[2040-01-01,2040-01-02)",
    "tsrange": '["2040-01-01","2040-01-02")',
    "tstzrange": '["2040-01-01","2040-01-02")',
}


def identity(who: Who, base: str, notion: int) -> str:
    """Who a tenant (``notion`` 0) or its user (1) is, in a key of some type."""
    if base in NUMBERS:
        return str(DIGITS[who] * 1000 + 100 * notion + 7)
    letter = "abc"[DIGITS[who] - 1]
    return f"{letter * 8}-0000-4000-8000-{notion:012x}"


def value(column: Column, who: Who, number: int) -> str | None:
    """A value of a column's type, another for every row: of a tenant's own where the type has room for it."""
    if column.labels:
        return column.labels[0]
    if column.base == "uuid":
        return f"{'abc'[DIGITS[who] - 1] * 8}-0000-4000-8000-1{number:011x}"
    if column.base in NUMBERS:
        return _number(column, who, number)
    if column.base in TEXTS:
        return _text(column, who, number)
    if column.base in TIMES:
        return f"20{40 + DIGITS[who]}-{1 + number // 28 % 12:02}-{1 + number % 28:02}"
    return _other(column, who, number)


def _number(column: Column, who: Who, number: int) -> str:
    """Small enough for its type, and unlike the small numbers that sequences give."""
    limits = re.search(r"\((\d+)(?:,(\d+))?\)", column.type_name)
    if limits and int(limits[1]) - int(limits[2] or 0) < 6:
        return str(DIGITS[who] * 2 + number % 2) if int(limits[1]) > int(limits[2] or 0) else "0"
    return str((DIGITS[who] * 10_000 if column.base == "int2" else DIGITS[who] * 100_000) + number)


def _text(column: Column, who: Who, number: int) -> str:
    word, limit = WORDS[who], re.search(r"\((\d+)\)", column.type_name)
    text = f"{word}-{column.name}-{number}"
    name = column.name.lower()
    if "email" in name or "mail" in name:
        text = f"{word}-{number}@example.com"
    elif name.endswith(("url", "uri", "link", "website")):
        text = f"https://{word}-{number}.example.com"
    size = 1 if column.base == "char" else int(limit[1]) if limit else 63
    if len(text) <= size:
        return text
    short = f"{word[0]}{number:x}"
    return short if len(short) <= size else short[-size:]


def _other(column: Column, who: Who, number: int) -> str | None:
    digit = DIGITS[who]
    texts = {
        "bool": "false",
        "bytea": f"\\x{digit:02x}{number:06x}",
        "time": f"{number % 24:02}:0{digit}",
        "timetz": f"{number % 24:02}:0{digit}+00",
        "inet": f"10.{digit}.{number // 250 % 250}.{number % 250}",
        "cidr": f"10.{digit}.{number // 250 % 250}.{number % 250}/32",
        "macaddr": f"08:00:2b:0{digit}:{number // 256 % 256:02x}:{number % 256:02x}",
    }
    if column.base in texts:
        return texts[column.base]
    if column.element:
        return _array(column)
    if column.base in {"bit", "varbit"}:
        limit = re.search(r"\((\d+)\)", column.type_name)
        return "0" * (int(limit[1]) if limit else 1)
    if column.base in {"vector", "halfvec"}:
        limit = re.search(r"\((\d+)\)", column.type_name)
        return f"[{','.join(['0'] * (int(limit[1]) if limit else 3))}]"
    if column.kind == "m":
        return "{}"
    return FIXED.get(column.base, RANGES.get(column.base, "empty" if column.kind == "r" else None))


def _array(column: Column) -> str:
    element = column.element
    if element in {"text", "character varying", "citext"}:
        return "{alpha}"
    return "{1}" if element in {"integer", "bigint", "smallint", "numeric"} else "{}"


def candidates(column: Column, constants: Sequence[str], first: str | None) -> Iterator[str | None]:
    """What a column may be given so that a check passes: the likeliest first."""
    seen: set[str | None] = set()
    for each in _candidates(column, constants, first):
        if each not in seen and (each is None or is_valid(column, each)):
            seen.add(each)
            yield each
    if not column.not_null:
        yield None


def _candidates(column: Column, constants: Sequence[str], first: str | None) -> Iterator[str | None]:
    yield first
    yield from constants
    yield from column.labels
    if column.base in NUMBERS:
        numbers = [int(each) for each in constants if re.fullmatch(r"-?\d{1,15}", each)]
        yield from (str(number + step) for number in numbers for step in (1, -1))
        yield from ("1", "0", "-1", "10", "100", "0.5")
    elif column.base in TEXTS:
        word = first or "alpha"
        yield from (word.lower().replace("-", "_"), re.sub(r"\W", "", word).lower(), re.sub(r"\W", "", word).upper())
        yield from COMMON
        yield from ("a" * int(each) for each in constants if each.isdigit() and int(each) < 5000)
    elif column.base in TIMES:
        yield from ("2040-01-01", "2000-01-01", "2041-06-15", "1970-01-01")
    elif column.base == "bool":
        yield from ("true", "false")
    elif column.element:
        yield from ("{}", "{alpha}", "{1}", *(f"{{{each}}}" for each in constants))
    elif column.base in {"json", "jsonb"}:
        yield from ("{}", "[]", '"a"', "1", "null", '["alpha"]', "[{}]", *(f'{{"{each}": "{each}"}}' for each in constants))


def shortened(word: str) -> Iterator[str]:
    """What is shorter and tells as much as a word that ends in a number; and an id of that number."""
    if number := re.search(r"\d+$", word):
        short = f"{word[0]}{int(number[0]):x}"
        yield from (short, short[-3:], short[-2:], f"{int(number[0]) % 2**32:08x}-0000-4000-8000-000000000000")


def is_valid(column: Column, text: str) -> bool:
    """A constant found somewhere may be the text of a value of this type."""
    if column.labels:
        return text in column.labels
    if column.base in INTEGERS:
        return bool(re.fullmatch(r"-?\d{1,18}", text)) and abs(int(text)) < {"int2": 2**15, "int4": 2**31}.get(column.base, 2**63)
    if column.base in NUMBERS:
        return bool(re.fullmatch(r"-?\d{1,15}(\.\d+)?", text))
    if column.base == "uuid":
        return bool(re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text))
    if column.base in TIMES:
        return bool(re.match(r"\d{4}-\d\d-\d\d", text))
    if column.base == "bool":
        return text in {"true", "false"}
    if column.base in TEXTS:
        limit = re.search(r"\((\d+)\)", column.type_name)
        return not limit or len(text) <= int(limit[1])
    if column.element:
        return bool(re.fullmatch(r"\{.*\}", text))
    if column.base in {"json", "jsonb"}:
        return bool(re.fullmatch(r"\s*([\[{].*|\".*\"|-?\d+|true|false|null)\s*", text, re.DOTALL))
    return column.base not in RANGES or text.startswith(("[", "("))
