{% macro calendar_bounds() %}
    {{ return(['2010-01-01', '2036-01-01']) }}
{% endmacro %}
