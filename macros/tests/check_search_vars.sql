{% macro check_search_vars() %}
    {%- set nothing = validated_search_vars({}, returned_error) -%}
    {%- do assert_equal(nothing | list, search_var_rules() | list, 'each search var is there') -%}
    {%- do assert_equal(nothing.values() | select | list, [], 'a var not given is none') -%}
    {%- set given = {
        'search_terms': ['denim jacket', '"open'], 'search_mode': 'any', 'search_brand': "Levi's",
        'search_min_price': 20, 'search_max_price': 59.9, 'search_from': '2024-02-29',
        'search_sort': 'price', 'search_limit': 5, 'search_name': 'summer_2',
    } -%}
    {%- set checked = validated_search_vars(given, returned_error) -%}
    {%- do assert_equal(checked.search_brand, ["Levi's"], 'one text is a list of one') -%}
    {%- for low, high in [
        (('search_min_price', 60), ('search_max_price', 20)),
        (('search_from', '2025-02-01'), ('search_to', '2025-01-31')),
    ] -%}
        {%- do assert_refused(
            validated_search_vars(dict([low, high]), returned_error), [low[0], high[0]],
            low[0] ~ ' is not above ' ~ high[0]
        ) -%}
    {%- endfor -%}
    {%- for name, wrong in [
        ('search_terms', 501), ('search_mode', 'some'), ('search_country', false),
        ('search_max_price', '60'), ('search_from', '2025-02-30'), ('search_sort', 'score'),
        ('search_limit', 0), ('search_limit', 1000001), ('search_name', 'Summer'),
    ] -%}
        {%- do assert_refused(
            validated_search_var(name, wrong, returned_error), ["'" ~ name ~ "'"],
            name ~ ' is not ' ~ wrong
        ) -%}
    {%- endfor -%}
    {%- for typed, meant in {
        'search_maxprice': 'search_max_price', 'search_term': 'search_terms',
        'search_color': 'search_colour', 'max_price': 'search_max_price',
    }.items() -%}
        {%- do assert_refused(
            validated_var_names([typed], known_vars(), returned_error),
            ["Did you mean '" ~ meant ~ "'?"], typed ~ ' is refused and ' ~ meant ~ ' proposed'
        ) -%}
    {%- endfor -%}
    {%- for name in ['a', 'summer_2', 'x' * 31] -%}
        {%- do assert_equal(
            validated_search_name('search_name', name, returned_error), name, name ~ ' is a name'
        ) -%}
    {%- endfor -%}
    {%- for wrong in [
        '', 'A', '2a', '_a', 'a-b', 'a b', 'a__dbt_tmp', 'ä', 'a\n', 'x' * 32, true,
    ] -%}
        {%- do assert_refused(
            validated_search_name('search_name', wrong, returned_error),
            ['summer_denim', described_value(wrong)], wrong | string | trim ~ ' is no name'
        ) -%}
    {%- endfor -%}
    {%- do check_search_request(checked, nothing) -%}
{% endmacro %}
