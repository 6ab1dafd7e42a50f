{% macro search_request_sql(checked) %}
    {%- set columns = {
        'search_name': sql_text(checked.search_name),
        'search_terms': sql_text(joined_search_terms(checked.search_terms)),
        'search_mode': sql_text(checked.search_mode or 'auto'),
        'categories': sql_text_array(checked.search_category),
        'brands': sql_text_array(checked.search_brand),
        'sizes': sql_text_array(checked.search_size),
        'colours': sql_text_array(checked.search_colour),
        'conditions': sql_text_array(checked.search_condition),
        'channels': sql_text_array(checked.search_channel),
        'countries': sql_text_array(checked.search_country),
        'min_price': sql_cast(checked.search_min_price, 'numeric'),
        'max_price': sql_cast(checked.search_max_price, 'numeric'),
        'from_date': sql_cast(checked.search_from, 'date'),
        'to_date': sql_cast(checked.search_to, 'date'),
        'sort_by': sql_text(checked.search_sort or 'relevance'),
        'result_limit': sql_cast(checked.search_limit or 100, 'integer'),
    } -%}
    {%- set lines = [] -%}
    {%- for name, expression in columns.items() -%}
        {%- do lines.append('    ' ~ expression ~ ' as ' ~ name) -%}
    {%- endfor -%}
    {{ return('select\n' ~ lines | join(',\n')) }}
{% endmacro %}
