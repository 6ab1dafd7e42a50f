{% macro search_arguments_request(function_name) %}
    {%- set arguments = ['search_terms', 'search_mode'] + search_filters() | list
        + ['sort_by', 'result_limit', 'fold'] %}
    select
        cast(null as text) as search_name,
        {{ function_name }}.{{ arguments | join(',\n        ' ~ function_name ~ '.') }}
{% endmacro %}
