{% macro claim_key(run) -%}
    hashtextextended('thinkthrift: dbt run ' || {{ run }}, 0)
{%- endmacro %}
