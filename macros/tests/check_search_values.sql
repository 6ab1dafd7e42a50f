{% macro check_search_values() %}
    {#- by var: what is let through as it is, what is refused, and the words of a refusal -#}
    {%- set rules = var_rules() -%}
    {%- set day = modules.datetime.date(2022, 1, 31) -%}
    {%- for name, case in {
        'search_max_price': {
            'allowed': [0, 0.0, 60, 59.9, 1e-7, 1000000000],
            'refused': [
                -1, -0.01, 1000000001, '60', '60 EUR', '', '1; drop table x', true, false, [60], {},
                fromyaml('.nan'), fromyaml('.inf'), fromyaml('-.inf'),
            ],
            'words': ['from 0 to', 'search_max_price: 59.90'],
        },
        'search_from': {
            'allowed': ['2022-01-31', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'],
            'refused': [
                '2022-02-30', '2023-02-29', '1900-02-29', '2022-13-01', '2022-00-10', '2022-01-00',
                '0000-01-01', '2022-1-1', '20220101', ' 2022-01-01', '2022-01-01\n', '٢٠٢٢-٠١-٠١',
                '2022-01-01 10:00', "2022-01-01' or 1=1 --", 'now', '', true, 20220101, 1.5, [],
                ['2022-01-01'], {}, modules.datetime.datetime(2022, 1, 31, 0, 0),
            ],
            'words': ['YYYY-MM-DD'],
        },
        'search_limit': {
            'allowed': [1, 10, 1000000],
            'refused': [
                0, 1000001, -1, 1.0, 1.5, true, false, '10', '10; drop table x', '', [], {},
            ],
            'words': ['from 1 to 1000000', 'search_limit: 10'],
        },
        'search_sort': {
            'allowed': ['relevance', 'price', 'price_desc', 'newest'],
            'refused': ['score', true, 7, ['price'], {}, day],
            'words': ['relevance, price, price_desc, newest'],
        },
        'search_brand': {
            'allowed': [
                'denim', "'; drop table x; --", '{{ 1 }}', '100% \\_ $$', ' padded ', 'ل ‮ 👖', '0',
                ['a', 'b'], ['x' * 200],
            ],
            'refused': [
                true, false, 501, 12.5, 750, day, {'a': 'b'}, '', '  ', [], [''], ['a', 501],
                ['a', none], [['a']], [{'a': 'b'}], 'x' * 201, ['x' * 201], 'a\x00b', '\ud800',
                ['a'] * 101,
            ],
            'words': ['found ', '. For example: --vars', 'search_brand: "501"'],
        },
        'search_name': {
            'allowed': ['a', 'summer_2', 'x' * 31],
            'refused': [
                '', 'A', '2a', '_a', 'a-b', 'a b', 'a__dbt_tmp', 'ä', 'a\n', 'x' * 32, true,
            ],
            'words': ['summer_denim'],
        },
    }.items() -%}
        {%- for value in case.allowed -%}
            {#- one text is a list of one -#}
            {%- do assert_equal(
                validated_var(name, rules[name], value, returned_error),
                [value] if name == 'search_brand' and value is string else value,
                name ~ ' can be ' ~ described_value(value)
            ) -%}
        {%- endfor -%}
        {%- for value in case.refused -%}
            {#- of a list the message describes what is wrong in it -#}
            {%- set found = [] if name == 'search_brand' else [described_value(value)] -%}
            {%- do assert_refused(
                validated_var(name, rules[name], value, returned_error),
                ["'" ~ name ~ "'"] + case.words + found,
                name ~ ' cannot be ' ~ described_value(value)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for name, value, words in [
        ('search_terms', 501, ["'search_terms'"]), ('search_country', false, ["'search_country'"]),
        ('search_mode', 'some', ["'search_mode'"]),
        ('search_sort', 'relevanec', ["Did you mean 'relevance'?"]),
        ('search_sort', 'PRICE', ["Did you mean 'price'?"]),
        ('search_sort', 'price desc', ["Did you mean 'price_desc'?"]),
        ('search_sort', 'new', ["Did you mean 'newest'?"]),
        ('search_sort', 'price; drop table x', ["Did you mean 'price'?"]),
        ('search_sort', '', ["Did you mean 'relevance'?"]),
        ('search_brand', ['a', true],
            ['the truth value true in place 2 of the list', 'YAML reads ON', 'in quotes']),
    ] -%}
        {%- do assert_refused(
            validated_var(name, rules[name], value, returned_error), words,
            name ~ ' is refused as ' ~ described_value(value) ~ ' with ' ~ words | join(', ')
        ) -%}
    {%- endfor -%}
    {%- do assert_equal(
        validated_date('join_date', day, returned_error), '2022-01-31', 'a date is a day'
    ) -%}
    {%- do assert_refused(
        validated_date('join_date', none, returned_error), ['nothing'], 'nothing is no day'
    ) -%}
    {%- do assert_refused(
        validated_integer('top_n', none, 1, 99, returned_error), ['nothing', 'top_n: 10'],
        'nothing is no number'
    ) -%}
    {%- do assert_refused(
        validated_integer('top_n', 7, 50, 99, returned_error), ['from 50 to 99', 'top_n: 50'],
        'the example of the message is itself allowed'
    ) -%}
{% endmacro %}
