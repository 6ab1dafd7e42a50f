{% macro check_validated_period() %}
    {%- do assert_equal(
        validated_period('2022-01-01', '2022-01-01', returned_error),
        {'start_date': '2022-01-01', 'end_date': '2022-01-01'},
        'a period can be one day'
    ) -%}
    {%- do assert_refused(
        validated_period('2022-01-02', '2022-01-01', returned_error),
        ["'start_date'", "'end_date'", 'start_date: "2022-01-01"'],
        'a period cannot end before it starts'
    ) -%}
{% endmacro %}
