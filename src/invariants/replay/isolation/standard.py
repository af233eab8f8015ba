"""PostgreSQL's own functions, and those of its usual extensions, by what matters of them for whose a row is."""

VOLATILE = frozenset(
    """random random_normal gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 gen_random_bytes gen_salt
    clock_timestamp timeofday nextval currval lastval""".split()
)
"""Functions that answer otherwise each time they are called."""
PLAIN = VOLATILE | frozenset(
    """now transaction_timestamp statement_timestamp current_date current_time current_timestamp
    localtime localtimestamp date_trunc date_part extract age make_date make_interval to_char to_timestamp to_date to_number
    length char_length octet_length bit_length lower upper initcap trim btrim ltrim rtrim left right substring substr replace
    regexp_replace split_part position strpos overlay concat concat_ws format md5 sha256 encode decode reverse repeat lpad rpad
    ascii chr translate starts_with unaccent quote_literal quote_ident abs ceil ceiling floor round trunc mod power sqrt sign
    greatest least array_length array_position cardinality array_to_string
    array_append array_cat array_remove array_upper array_lower jsonb_typeof json_typeof jsonb_array_length json_array_length
    to_json to_jsonb jsonb_build_object jsonb_build_array json_build_object json_build_array row_to_json hashtext txid_current
    version current_database current_schema inet_client_addr host family masklen isfinite justify_days pg_backend_pid date
    timezone digest crypt similarity to_tsvector to_tsquery plainto_tsquery websearch_to_tsquery phraseto_tsquery ts_rank
    lower_inc upper_inc isempty range_merge num_nonnulls num_nulls""".split()
)
"""Functions that compute a value from their arguments, tell the time or make something up: they know nothing of tenants."""
LENIENT = frozenset(
    """array_append array_cat array_position array_remove array_to_string concat concat_ws format inet_client_addr json_build_array
    json_build_object jsonb_build_array jsonb_build_object num_nonnulls num_nulls string_to_array string_to_table""".split()
)
"""Those of them that are called with NULL too, instead of answering NULL."""
NEVER_NULL = VOLATILE | frozenset(
    """now transaction_timestamp statement_timestamp current_date current_time current_time_n current_timestamp current_timestamp_n
    localtime localtime_n localtimestamp localtimestamp_n current_catalog current_database version txid_current pg_backend_pid
    date_trunc age make_date make_interval timezone date justify_days isfinite length char_length octet_length bit_length lower upper
    initcap trim btrim ltrim rtrim left right substr replace regexp_replace split_part position strpos overlay concat md5 sha256 encode
    decode reverse repeat lpad rpad ascii chr translate starts_with quote_literal quote_ident abs ceil ceiling floor round trunc mod
    power sqrt sign cardinality jsonb_typeof json_typeof jsonb_array_length json_array_length to_json to_jsonb jsonb_build_object
    jsonb_build_array json_build_object json_build_array row_to_json hashtext host family masklen text
    + - * / % ^ & | ~ << >> @ ||""".split()
)
"""Functions and operators that answer NULL only where they are given it, if they do."""
AGGREGATES = frozenset(
    """any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp cume_dist dense_rank every json_agg
    json_agg_strict json_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict jsonb_agg jsonb_agg_strict
    jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict max min mode percent_rank
    percentile_cont percentile_disc range_agg range_intersect_agg rank regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
    regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance xmlagg""".split()
)
"""Functions that make one value of many rows."""
SETS = frozenset(
    """unnest jsonb_array_elements_text json_array_elements_text jsonb_array_elements json_array_elements string_to_table
    regexp_split_to_table generate_series""".split()
)
"""Functions that answer many rows, or none."""
FOLLOWED = frozenset(
    """current_setting unnest jsonb_array_elements_text json_array_elements_text jsonb_array_elements json_array_elements string_to_array
    regexp_split_to_array string_to_table regexp_split_to_table pg_has_role jsonb_extract_path_text json_extract_path_text""".split()
)
"""Functions of which more is known than that they compute."""
STEADY = (PLAIN | AGGREGATES | FOLLOWED) - VOLATILE
"""Functions that answer the same to the same all through a statement."""
OF_EXTENSIONS = frozenset(
    """unaccent uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuidv4 uuidv7 gen_random_bytes gen_salt digest crypt similarity
    gen_random_uuid""".split()
)
OWN = (PLAIN | FOLLOWED) - OF_EXTENSIONS
"""The names of functions that PostgreSQL looks up among its own before any schema (manual, section 5.10.5)."""
