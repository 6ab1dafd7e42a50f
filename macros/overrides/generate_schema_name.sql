{% macro generate_schema_name(custom_schema_name, node) %}
    {%- set layer = (custom_schema_name or target.schema) | trim -%}
    {%- set results = ['search_results', 'search_facets', 'search_summary'] -%}
    {%- if target.name == 'analyst' and node.name in results -%}
        {{ target.schema }}_search
    {%- elif target.name == 'diff' and node.resource_type == 'snapshot' -%}
        {{ layer }}
    {%- elif target.name in ['prod', 'analyst'] or layer == target.schema -%}
        {{ layer }}
    {%- else -%}
        {{ target.schema }}_{{ layer }}
    {%- endif -%}
{% endmacro %}
