{% macro search_request_sql(checked) %}
    {%- set columns = {
        'search_name': sql_text(checked.search_name),
        'search_terms': sql_text(joined_search_terms(checked.search_terms)),
        'search_mode': sql_text(checked.search_mode or 'auto'),
    } -%}
    {%- for name, filter in search_filters().items() -%}
        {%- set value = checked[filter.var] -%}
        {%- do columns.update({
            name: sql_text_array(value) if filter.type == 'text[]' else sql_cast(value, filter.type),
        }) -%}
    {%- endfor -%}
    {%- do columns.update({
        'sort_by': sql_text(checked.search_sort or 'relevance'),
        'result_limit': sql_cast(checked.search_limit or 100, 'integer'),
        'fold': sql_cast(checked.search_fold is not false, 'boolean'),
    }) -%}
    {%- set lines = [] -%}
    {%- for name, expression in columns.items() -%}
        {%- do lines.append('    ' ~ expression ~ ' as ' ~ name) -%}
    {%- endfor -%}
    {{ return('select\n' ~ lines | join(',\n')) }}
{% endmacro %}
