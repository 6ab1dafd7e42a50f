{% macro passes_search_filters() -%}
    (
        not requests.has_filters
        or (
            {%- for name, filter in search_filters().items() %}
            {%- set listed = 'documents.' ~ filter.column %}
            {%- if filter.passes == '= any' %}
            {%- set listed = compared_filter_text(listed, filter.spelling) %}
            {%- endif %}
            (requests.{{ name }} is null or {{ listed }} {{ filter.passes }} (requests.{{ name }}))
            {{- ' and' if not loop.last }}
            {%- endfor %}
        )
    )
{%- endmacro %}
