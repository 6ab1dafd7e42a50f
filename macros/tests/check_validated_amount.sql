{% macro check_validated_amount() %}
    {%- for amount in [0, 0.0, 60, 59.9, 1e-7, 1000000000] -%}
        {%- do assert_equal(
            validated_amount('price', amount, returned_error), amount, amount ~ ' is an amount'
        ) -%}
    {%- endfor -%}
    {%- for wrong in [
        -1, -0.01, 1000000001, '60', '60 EUR', '', '1; drop table x', none,
        true, false, [60], {},
    ] -%}
        {%- do assert_refused(
            validated_amount('price', wrong, returned_error),
            ["'price'", 'from 0 to', described_value(wrong), 'price: 59.90'],
            wrong | string ~ ' is no amount'
        ) -%}
    {%- endfor -%}
    {%- for wrong in ['.nan', '.inf', '-.inf'] -%}
        {%- do assert_refused(
            validated_amount('price', fromyaml(wrong), returned_error), ['the number'],
            'the number ' ~ wrong ~ ' of YAML is no amount'
        ) -%}
    {%- endfor -%}
{% endmacro %}
