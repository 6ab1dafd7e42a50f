{% macro check_described_value() %}
    {%- set moment = modules.datetime.datetime(2022, 1, 31, 10, 0) -%}
    {%- for case in [
        (none, 'nothing'), ('', 'nothing'), (true, 'the truth value true'), (7, 'the number 7'),
        ('x', 'the text "x"'), ([], 'a list'), ({}, 'a mapping'),
        (fromyaml('!!binary aGk='), 'binary data'), ('a\x1bb', 'the text "a\ufffdb"'),
        (moment, 'the date or time 2022-01-31T10:00:00'),
    ] -%}
        {%- do assert_equal(described_value(case[0]), case[1], 'a value is ' ~ case[1]) -%}
    {%- endfor -%}
{% endmacro %}
