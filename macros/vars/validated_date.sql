{% macro validated_date(name, value, raise_error) %}
    {#- YAML reads 2022-01-01 as a date, "2022-01-01" as text; a date with an hour is a moment -#}
    {%- set is_day = value.isoformat is defined and value.hour is not defined -%}
    {%- set text = value.isoformat() if is_day else (value if value is string else '') -%}
    {%- if modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', text) -%}
        {%- set year, month, day = text[:4] | int, text[5:7] | int, text[8:] | int -%}
        {%- set is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) -%}
        {%- set month_ends = [31, 29 if is_leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] -%}
        {%- if year >= 1 and 1 <= month <= 12 and 1 <= day <= month_ends[month - 1] -%}
            {{ return(text) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(raise_error(
        "The var '" ~ name ~ "' must be " ~ described_rule({'kind': 'day'}) ~ "; found " ~ described_value(value)
        ~ ". Write it as YYYY-MM-DD, for example: --vars '{" ~ name ~ ': "2022-01-31"' ~ "}'"
    )) }}
{% endmacro %}
