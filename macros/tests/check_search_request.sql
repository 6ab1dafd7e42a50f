{% macro check_search_request(checked, nothing) %}
    {%- set row = run_query(search_request_sql(checked)).rows[0] -%}
    {%- for column, expected in {
        'search_name': 'summer_2', 'search_terms': 'denim jacket or "open"', 'search_mode': 'any',
        'categories': none, 'min_price': 20, 'sort_by': 'price', 'result_limit': 5,
    }.items() -%}
        {%- do assert_equal(row[column], expected, 'the request has its ' ~ column) -%}
    {%- endfor -%}
    {%- do assert_equal(row['max_price'] | string, '59.9', 'amounts keep their digits') -%}
    {%- do assert_equal(row['from_date'].isoformat(), '2024-02-29', 'days are dates') -%}
    {%- set types = run_query(
        'select pg_typeof(brands) as brands, pg_typeof(max_price) as max_price, '
        ~ 'pg_typeof(to_date) as to_date, pg_typeof(result_limit) as result_limit, '
        ~ 'search_name, search_terms, search_mode, sort_by, result_limit as result_limit_value '
        ~ 'from (' ~ search_request_sql(nothing) ~ ') as request'
    ).rows[0] -%}
    {%- do assert_equal(
        types.values() | list,
        ('text[]', 'numeric', 'date', 'integer', none, none, 'auto', 'relevance', 100) | list,
        'a search for nothing in particular has types and defaults'
    ) -%}
    {#- the server gives back exactly what it was given -#}
    {%- for text in [
        "'; drop table x; --", "\\' \\\\", '$$ %s %(a)s {{ 1 }} :a', 'a\r\n\tb', '👖',
    ] -%}
        {%- set texts = run_query(
            'select ' ~ sql_text(text) ~ ' as one, (' ~ sql_text_array([text, text]) ~ ')[2] as two'
        ).rows[0] -%}
        {%- do assert_equal([texts.one, texts.two], [text, text], text | trim ~ ' comes back') -%}
    {%- endfor -%}
    {%- do assert_equal(joined_search_terms(none), none, 'no terms are none') -%}
    {%- do assert_equal(joined_search_terms(['"open']), '"open', 'one search stays as it is') -%}
{% endmacro %}
