"""The types that PostgreSQL and well-known extensions bring, and how format_type writes them."""

SPELLED = {
    "bool": "boolean",
    "char": '"char"',
    "int8": "bigint",
    "int2": "smallint",
    "int4": "integer",
    "float4": "real",
    "float8": "double precision",
    "bpchar": "character",
    "varchar": "character varying",
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
    "varbit": "bit varying",
}
SERIALS = {
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
}
BUILT_IN = frozenset(
    """aclitem any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray anycompatiblerange anyelement
    anyenum anymultirange anynonarray anyrange bit bool box bpchar bytea char cid cidr circle cstring date datemultirange daterange
    event_trigger fdw_handler float4 float8 gtsvector index_am_handler inet int2 int2vector int4 int4multirange int4range int8
    int8multirange int8range internal interval json jsonb jsonpath language_handler line lseg macaddr macaddr8 money name numeric
    nummultirange numrange oid oidvector path pg_ddl_command pg_lsn pg_node_tree pg_snapshot point polygon record refcursor regclass
    regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype table_am_handler text tid
    time timestamp timestamptz timetz trigger tsm_handler tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector txid_snapshot
    unknown uuid varbit varchar void xid xid8 xml""".split()
)
"""The types of pg_catalog."""
BROUGHT = frozenset(
    """citext hstore ltree lquery ltxtquery cube earth isbn issn ean13 vector halfvec sparsevec geometry geography box2d box3d raster
    semver ulid http_request http_response http_header query_int intarray seg agtype h3index""".split()
)
"""Types that well-known extensions bring, wherever they were installed."""
CONSTANTS = {"ival": "integer", "fval": "numeric", "sval": "text", "boolval": "boolean"}
"""The types of constants that a query returns."""
RETURNED = {"count": "bigint", "row_number": "bigint", "now": "timestamp with time zone", "gen_random_uuid": "uuid"}
"""What some functions return, whatever they are given."""
SEQUENCES = {"nextval", "currval", "setval"}
"""The functions whose first argument is a regclass: a constant there means the sequence (manual, section 9.17)."""
INTERVALS = {
    1 << 2: "year",
    1 << 1: "month",
    1 << 3: "day",
    1 << 10: "hour",
    1 << 11: "minute",
    1 << 12: "second",
}
"""The bits of an interval's fields (INTERVAL_MASK)."""


def interval(modifiers: list[int]) -> str:
    """``interval`` with its fields and precision; the modifiers are a mask of fields and a number of digits."""
    fields = [word for bit, word in INTERVALS.items() if modifiers and modifiers[0] & bit]
    span = "" if len(fields) in {0, len(INTERVALS)} else f" {' to '.join(dict.fromkeys((fields[0], fields[-1])))}"
    return f"interval{span}" + (f"({modifiers[1]})" if len(modifiers) > 1 else "")
