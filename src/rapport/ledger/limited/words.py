"""The functions that a question in SQL may call; whatever is not here is refused.

None of them reads a file, a setting, a variable or the catalogue, waits, or makes long texts out
of short ones. tests/ledger/test_limited.py compares the list with the engine's own.
"""

_MATHS = """
    abs acos asin atan atan2 cbrt ceil ceiling cos degrees even exp fdiv floor fmod gcd greatest
    isfinite isinf isnan lcm least ln log log10 log2 mod pi pow power radians round round_even sign
    sin sqrt tan trunc width_bucket
"""
_TEXTS = """
    array_to_string ascii bit_length char_length character_length chr concat concat_ws contains
    damerau_levenshtein editdist3 ends_with format_bytes hamming initcap instr jaccard
    jaro_similarity jaro_winkler_similarity lcase left length levenshtein like_escape lower ltrim
    md5 ord position prefix regexp_extract regexp_extract_all regexp_full_match regexp_matches
    regexp_replace regexp_split_to_array replace reverse right rtrim sha256 split split_part
    starts_with str_split string_split strip_accents strlen strpos substr substring suffix translate
    trim ucase unicode upper hex unhex to_hex from_hex encode decode url_decode
"""
_TIMES = """
    age century date date_add date_diff date_part date_sub date_trunc datediff datepart datesub
    datetrunc day dayname dayofmonth dayofweek dayofyear decade epoch epoch_ms epoch_us era extract
    hour interval isodow isoyear julian last_day make_date make_time make_timestamp
    make_timestamptz microsecond millisecond minute month monthname now quarter second strftime
    strptime time_bucket timezone to_days to_hours to_minutes to_months to_seconds to_timestamp
    to_weeks to_years today try_strptime week weekday weekofyear year yearweek
"""
_COUNTS = """
    any_value approx_count_distinct approx_quantile arbitrary arg_max arg_min argmax argmin
    array_agg avg bool_and bool_or corr count count_if count_star countif covar_pop covar_samp
    cume_dist dense_rank entropy favg first first_value fsum geomean group_concat histogram kurtosis
    lag last last_value lead list listagg mad max max_by mean median min min_by mode nth_value ntile
    percent_rank percentile_cont percentile_disc product quantile quantile_cont quantile_disc rank
    regr_count regr_intercept regr_r2 regr_slope row_number sem skewness stddev stddev_pop
    stddev_samp string_agg sum var_pop var_samp variance grouping
"""
_OTHERS = """
    array_length cardinality coalesce element_at flatten generate_series if ifnull json
    json_array_length json_exists json_extract json_extract_path json_extract_string json_keys
    json_type json_valid len list_contains list_count list_distinct list_extract list_filter
    list_has_any list_max list_min list_sort list_sum list_transform list_unique list_value map
    map_extract map_keys map_values nullif range row struct_extract struct_pack typeof unnest
"""
# What may stand before a bracket without being a function.
_GRAMMAR = """
    all and any array as between by case cast columns cross cube decimal distinct else end
    except exclude exists filter from full group grouping_sets having ilike in inner
    intersect is join lateral left like limit materialized natural not null numeric offset
    on or order outer over partition qualify recursive replace right rollup sample select
    sets similar some then to try_cast union using values varchar when where window with
    within
"""

FUNCTIONS: frozenset[str] = frozenset((_MATHS + _TEXTS + _TIMES + _COUNTS + _OTHERS).split())
BEFORE_BRACKETS: frozenset[str] = FUNCTIONS | frozenset(_GRAMMAR.split())
