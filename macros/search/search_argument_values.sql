{% macro search_argument_values(checked) %}
    {%- set values = {
        'search_terms': joined_search_terms(checked.search_terms),
        'search_mode': checked.search_mode or 'auto',
    } -%}
    {%- for name, filter in search_filters().items() -%}
        {%- do values.update({name: checked[filter.var]}) -%}
    {%- endfor -%}
    {{ return(dict(
        values,
        sort_by=checked.search_sort or 'relevance',
        result_limit=checked.search_limit or 100,
        fold=checked.search_fold is not false
    )) }}
{% endmacro %}
