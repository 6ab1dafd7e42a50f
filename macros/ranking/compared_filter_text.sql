{% macro compared_filter_text(text, spelling) -%}
    {%- if spelling == 'brand' -%}
        {{ spelling_key(text) }}
    {%- elif spelling == 'code' -%}
        upper(trim({{ text }}))
    {%- else -%}
        {{ lookup_text(text) }}
    {%- endif -%}
{%- endmacro %}
