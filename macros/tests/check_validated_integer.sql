{% macro check_validated_integer() %}
    {%- for number in [1, 10, 99] -%}
        {%- do assert_equal(
            validated_integer('top_n', number, 1, 99, returned_error), number, number ~ ' is allowed'
        ) -%}
    {%- endfor -%}
    {%- for wrong in [
        0, 100, -1, 1.0, 1.5, true, false, '10', '10; drop table x', '', none, [], {},
    ] -%}
        {%- do assert_refused(
            validated_integer('top_n', wrong, 1, 99, returned_error),
            ["'top_n'", 'from 1 to 99', described_value(wrong), 'top_n: 10'],
            wrong | string ~ ' is refused as a number'
        ) -%}
    {%- endfor -%}
    {%- do assert_refused(
        validated_integer('top_n', 7, 50, 99, returned_error), ['top_n: 50'],
        'the example of the message is itself allowed'
    ) -%}
{% endmacro %}
