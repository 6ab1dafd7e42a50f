{% macro var_type(rule) %}
    {{ return({'day': 'date', 'count': 'integer', 'amount': 'numeric'}[rule.kind]) }}
{% endmacro %}
