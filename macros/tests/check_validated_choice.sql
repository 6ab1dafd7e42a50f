{% macro check_validated_choice() %}
    {%- set sorts = ['relevance', 'price', 'price_desc', 'newest'] -%}
    {%- for choice in sorts -%}
        {%- do assert_equal(
            validated_choice('sort', choice, sorts, returned_error), choice, choice ~ ' is a choice'
        ) -%}
    {%- endfor -%}
    {%- for typed, meant in {
        'relevanec': 'relevance', 'PRICE': 'price', 'price desc': 'price_desc', 'new': 'newest',
        'price; drop table x': 'price', '': 'relevance',
    }.items() -%}
        {%- do assert_refused(
            validated_choice('sort', typed, sorts, returned_error),
            ["'sort'", 'relevance, price, price_desc, newest', "Did you mean '" ~ meant ~ "'?"],
            typed ~ ' is refused and ' ~ meant ~ ' proposed'
        ) -%}
    {%- endfor -%}
    {%- for wrong in [true, 7, ['price'], {}, modules.datetime.date(2022, 1, 31)] -%}
        {%- do assert_refused(
            validated_choice('sort', wrong, sorts, returned_error), [described_value(wrong)],
            wrong | string ~ ' is no choice'
        ) -%}
    {%- endfor -%}
{% endmacro %}
