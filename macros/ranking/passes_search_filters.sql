{% macro passes_search_filters() -%}
    (
        not request.has_filters
        or (
            {%- for name, filter in search_filters().items() %}
            {%- set listed = 'documents.' ~ filter.column %}
            {%- if filter.passes == '= any' %}
            {%- set listed = compared_filter_text(listed, filter.spelling) %}
            {%- endif %}
            (request.{{ name }} is null or {{ listed }} {{ filter.passes }} (request.{{ name }}))
            {{- ' and' if not loop.last }}
            {%- endfor %}
        )
    )
{%- endmacro %}
