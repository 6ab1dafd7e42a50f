{% macro is_claimed() %}
    {#- a search writes nothing but its results, and waits for nobody -#}
    {%- set state = namespace(searches=0, others=0) -%}
    {%- for name in selected_resources -%}
        {%- set kind, _, rest = name.partition('.') -%}
        {%- if rest.partition('.')[2] in ['search_results', 'search_summary', 'search_facets'] -%}
            {%- set state.searches = state.searches + 1 -%}
        {%- elif kind in ['model', 'seed', 'snapshot', 'function'] -%}
            {%- set state.others = state.others + 1 -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(
        execute and target.name != 'analyst' and (state.others > 0 or state.searches == 0)
    ) }}
{% endmacro %}
