{% macro compare_search_filters() -%}
    {#- brings what filters name into the form that they are compared in -#}
    select
        {%- for name, filter in search_filters().items() if filter.type == 'text[]' %}
        (
            select array_agg({{ compared_filter_text('wanted', filter.spelling) }})
            from unnest(request.{{ name }}) as wanted
        ){{ ',' if not loop.last }}
        {%- endfor %}
    into
        {%- for name, filter in search_filters().items() if filter.type == 'text[]' %}
        request.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
{%- endmacro %}
