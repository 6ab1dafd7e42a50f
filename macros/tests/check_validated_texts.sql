{% macro check_validated_texts() %}
    {%- for text in [
        'denim', "'; drop table x; --", '{{ 1 }}', '100% \\_ $$', ' padded ', 'ل ‮ 👖', '0',
    ] -%}
        {%- do assert_equal(
            validated_texts('brand', text, 200, returned_error), [text], text ~ ' stays as it is'
        ) -%}
    {%- endfor -%}
    {%- do assert_equal(
        validated_texts('brand', ['a', 'b'], 200, returned_error), ['a', 'b'], 'a list stays a list'
    ) -%}
    {%- do assert_equal(
        validated_texts('brand', 'x' * 200, 200, returned_error), ['x' * 200], 'as long as allowed'
    ) -%}
    {%- for wrong in [
        true, false, 501, 12.5, 750, modules.datetime.date(2022, 1, 31), {'a': 'b'}, '', '  ', [],
        [''], ['a', 501], ['a', none], [['a']], [{'a': 'b'}], 'x' * 201, ['x' * 201], 'a\x00b',
        '\ud800', ['a'] * 101,
    ] -%}
        {%- do assert_refused(
            validated_texts('brand', wrong, 200, returned_error),
            ["'brand'", 'found ', '. For example: --vars', 'brand: "501"'],
            described_value(wrong) ~ ' is refused as text'
        ) -%}
    {%- endfor -%}
    {%- do assert_refused(
        validated_texts('brand', ['a', true], 200, returned_error),
        ['the truth value true in place 2 of the list', 'YAML reads ON', 'in quotes'],
        'the message says which of the list is wrong, and why'
    ) -%}
{% endmacro %}
