{% macro check_validated_var_names() %}
    {%- set known = ['join_date', 'start_date', 'end_date', 'top_n'] -%}
    {%- do assert_equal(
        validated_var_names(['join_date', 'dbt_date:time_zone'], known, returned_error),
        ['join_date', 'dbt_date:time_zone'],
        'known vars and those of packages are allowed'
    ) -%}
    {%- do assert_equal(
        validated_var_names([], known, returned_error), [], 'no vars are allowed'
    ) -%}
    {%- for typed, meant in {
        'joindate': 'join_date', 'JOIN_DATE': 'join_date', 'topn': 'top_n', 'end': 'end_date',
        'strat_date': 'start_date',
    }.items() -%}
        {%- do assert_refused(
            validated_var_names([typed], known, returned_error),
            ["'" ~ typed ~ "'", "Did you mean '" ~ meant ~ "'?"],
            typed ~ ' is refused and ' ~ meant ~ ' proposed'
        ) -%}
    {%- endfor -%}
    {%- do assert_refused(
        validated_var_names([7], known, returned_error), ["'7'"], 'a name that is a number'
    ) -%}
{% endmacro %}
