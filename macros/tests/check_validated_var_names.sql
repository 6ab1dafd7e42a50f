{% macro check_validated_var_names() %}
    {%- set known = var_rules() | list -%}
    {%- for names in [['join_date', 'dbt_date:time_zone'], []] -%}
        {%- do assert_equal(
            validated_var_names(names, known, returned_error), names,
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
            validated_var_names([typed], known, returned_error),
            ["'" ~ typed ~ "'", "Did you mean '" ~ meant ~ "'?"],
            typed ~ ' is refused and ' ~ meant ~ ' proposed'
        ) -%}
    {%- endfor -%}
    {%- do assert_equal(
        validated_read_vars(['top_n', 'search_x'], ['top_n', 'search_*'], 'It', returned_error),
        ['top_n', 'search_x'], 'vars that are read are allowed, families of them, too'
    ) -%}
    {%- for case in [
        ('topn', ['top_n'], ["does not read the var 'topn'. Did you mean 'top_n'?", ': top_n.']),
        ('join_date', ['top_n'], ["the var 'join_date'. It reads: top_n."]),
        ('top_n', [], ['It reads: no vars.']),
    ] -%}
        {%- do assert_refused(
            validated_read_vars([case[0]], case[1], 'It', returned_error), case[2],
            case[0] ~ ' is not read'
        ) -%}
    {%- endfor -%}
    {%- do assert_refused(
        validated_var_names([7], known, returned_error), ["'7'"], 'a name that is a number'
    ) -%}
{% endmacro %}
