{% macro check_validated_order() %}
    {%- for low, high in [(1, 2), (2, 2), (none, 1), (1, none), (none, none)] -%}
        {%- do assert_equal(
            validated_order('low', low, 'high', high, returned_error), [low, high],
            low ~ ' is not above ' ~ high
        ) -%}
    {%- endfor -%}
    {%- do assert_refused(
        validated_order('low', 60.5, 'high', 20, returned_error),
        ["'low'", "'high'", '60.5 and 20', 'low: 20, high: 60.5'],
        'a range is not upside down'
    ) -%}
{% endmacro %}
