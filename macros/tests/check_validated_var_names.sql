{% macro check_validated_var_names() %}
    {%- for names in [['join_date', 'dbt_date:time_zone'], []] -%}
        {%- do assert_equal(
            validated_var_names(names, known_vars(), returned_error), names,
            'known vars and those of packages are allowed: ' ~ names
        ) -%}
    {%- endfor -%}
    {%- for typed, meant in {
        'joindate': 'join_date', 'JOIN_DATE': 'join_date', 'topn': 'top_n', 'end': 'end_date',
        'strat_date': 'start_date', 'search_maxprice': 'search_max_price',
        'search_term': 'search_terms', 'search_color': 'search_colour',
        'max_price': 'search_max_price',
    }.items() -%}
        {%- do assert_refused(
            validated_var_names([typed], known_vars(), returned_error),
            ["'" ~ typed ~ "'", "Did you mean '" ~ meant ~ "'?"],
            typed ~ ' is refused and ' ~ meant ~ ' proposed'
        ) -%}
    {%- endfor -%}
    {%- do assert_refused(
        validated_var_names([7], known_vars(), returned_error), ["'7'"], 'a name that is a number'
    ) -%}
{% endmacro %}
