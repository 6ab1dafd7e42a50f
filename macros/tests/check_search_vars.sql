{% macro check_search_vars() %}
    {%- set nothing = validated_vars(dict.fromkeys(search_var_rules()), returned_error) -%}
    {%- do assert_equal(nothing | list, search_var_rules() | list, 'each search var is there') -%}
    {%- do assert_equal(nothing.values() | select | list, [], 'a var not given is none') -%}
    {%- set checked = validated_vars(dict(nothing, **{
        'search_terms': ['denim jacket', '"open'], 'search_mode': 'any', 'search_brand': "Levi's",
        'search_min_price': 20, 'search_max_price': 59.9, 'search_from': '2024-02-29',
        'search_sort': 'price', 'search_limit': 5, 'search_name': 'summer_2',
    }), returned_error) -%}
    {%- for given, words in [
        ({'search_min_price': 60.5, 'search_max_price': 20},
            ["must not be above 'search_max_price'", '60.5 and 20', 'price: 20, search_max_']),
        ({'search_from': '2025-02-01', 'search_to': '2025-01-31'},
            ["must not be after 'search_to'", 'search_from: "2025-01-31"']),
    ] -%}
        {%- do assert_refused(
            validated_vars(given, returned_error), words + given | list,
            given | join(' is not above ')
        ) -%}
    {%- endfor -%}
    {%- for low, high in [(1, 2), (2, 2), (none, 1), (1, none), (none, none)] -%}
        {%- do assert_equal(
            validated_order('low', low, 'high', high, returned_error), [low, high],
            low ~ ' is not above ' ~ high
        ) -%}
    {%- endfor -%}
    {%- set values = search_argument_values(checked) -%}
    {%- for argument, expected in {
        'search_terms': 'denim jacket or "open"', 'search_mode': 'any', 'categories': none,
        'min_price': 20, 'sort_by': 'price', 'result_limit': 5, 'fold': true,
    }.items() -%}
        {%- do assert_equal(values[argument], expected, 'the search has its ' ~ argument) -%}
    {%- endfor -%}
    {%- set defaults = search_argument_values(nothing) -%}
    {%- do assert_equal(
        [defaults.search_terms, defaults.search_mode, defaults.sort_by, defaults.result_limit],
        [none, 'auto', 'relevance', 100],
        'a search for nothing in particular has defaults'
    ) -%}
    {%- for names in [search_argument_types() | list, values | list] -%}
        {%- do assert_equal(names, defaults | list, 'each argument has a type and a value') -%}
    {%- endfor -%}
    {#- the server makes of it what was asked for -#}
    {%- set arguments = search_arguments(checked) -%}
    {%- for written in [
        "min_price => cast('20' as numeric)", "max_price => cast('59.9' as numeric)",
        "from_date => cast('2024-02-29' as date)", "fold => cast('True' as boolean)",
    ] -%}
        {%- do assert_equal(written in arguments, true, written) -%}
    {%- endfor -%}
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
