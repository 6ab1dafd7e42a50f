{% macro var_rules() %}
    {%- set rules = {
        'join_date': {'kind': 'day', 'means': 'first day of joining that is listed'},
        'start_date': {
            'kind': 'day', 'means': 'first day of the period, included', 'up_to': 'end_date',
        },
        'end_date': {'kind': 'day', 'means': 'last day of the period, included'},
        'top_n': {'kind': 'count', 'means': 'how many ranks are listed'},
        'lock_timeout': {'kind': 'count', 'of_every_run': true},
        'lock_patience': {'kind': 'count', 'of_every_run': true},
    } -%}
    {%- do rules.update(search_var_rules()) -%}
    {{ return(rules) }}
{% endmacro %}
