{% macro known_vars() %}
    {{ return(
        ['join_date', 'start_date', 'end_date', 'top_n', 'lock_timeout', 'lock_patience']
        + search_var_rules() | list
    ) }}
{% endmacro %}
