{% macro generate_schema_name(custom_schema_name, node) %}
    {%- set layer = (custom_schema_name or target.schema) | trim -%}
    {%- if target.name == 'prod' or layer == target.schema -%}
        {{ layer }}
    {%- else -%}
        {{ target.schema }}_{{ layer }}
    {%- endif -%}
{% endmacro %}
