{% macro sql_text(text) %}
    {%- if text is none -%}
        {{ return('cast(null as text)') }}
    {%- endif -%}
    {#- escaped first, then quoted; with e'' it means the same whatever
    standard_conforming_strings is set to -#}
    {%- set escaped = text | string | replace('\\', '\\\\') | replace("'", "''") -%}
    {{ return("cast(" ~ ("e'" if '\\' in text else "'") ~ escaped ~ "' as text)") }}
{% endmacro %}
