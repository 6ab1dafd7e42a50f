{% macro distributed_by() %}
    {%- set declared = config.get('meta', {}).get('distributed_by') -%}
    {{ return(declared if declared and is_cluster() else none) }}
{% endmacro %}
