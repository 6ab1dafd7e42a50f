{% macro var_bounds(rule) %}
    {{ return({'count': [1, 1000000], 'amount': [0, 1000000000]}.get(rule.kind)) }}
{% endmacro %}
