{% macro sql_cast(value, data_type) %}
    {%- if value is none -%}
        {{ return('cast(null as ' ~ data_type ~ ')') }}
    {%- endif -%}
    {{ return("cast('" ~ value | string | replace("'", "''") ~ "' as " ~ data_type ~ ")") }}
{% endmacro %}
