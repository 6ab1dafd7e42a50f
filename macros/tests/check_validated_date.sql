{% macro check_validated_date() %}
    {%- set day = modules.datetime.date(2022, 1, 31) -%}
    {%- set moment = modules.datetime.datetime(2022, 1, 31, 0, 0) -%}
    {%- do assert_equal(
        validated_date('join_date', day, returned_error), '2022-01-31', 'a date is a day'
    ) -%}
    {%- for text in ['2022-01-31', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'] -%}
        {%- do assert_equal(
            validated_date('join_date', text, returned_error), text, text ~ ' is a day'
        ) -%}
    {%- endfor -%}
    {%- for wrong in [
        '2022-02-30', '2023-02-29', '1900-02-29', '2022-13-01', '2022-00-10', '2022-01-00',
        '0000-01-01', '2022-1-1', '20220101', ' 2022-01-01', '2022-01-01\n', '٢٠٢٢-٠١-٠١',
        '2022-01-01 10:00', "2022-01-01' or 1=1 --", 'now', '', none, true, 20220101, 1.5, [],
        ['2022-01-01'], {}, moment,
    ] -%}
        {%- do assert_refused(
            validated_date('join_date', wrong, returned_error),
            ["'join_date'", described_value(wrong), 'YYYY-MM-DD'],
            wrong | string | trim ~ ' is no day'
        ) -%}
    {%- endfor -%}
{% endmacro %}
