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
    {%- for case in [
        ('Größe 👖', 'Größe 👖', 'letters of all kinds are shown'),
        ('a\x1b[2J\u202eb', 'a\ufffd[2J\ufffdb', 'what steers a terminal is not'),
        ('x' * 61, 'x' * 60 ~ '…', 'long text is cut'),
    ] -%}
        {%- do assert_equal(printable_text(case[0]), case[1], case[2]) -%}
    {%- endfor -%}
{% endmacro %}
