{#
    An expression that is above 0 when the value has a match for the regular expression, and 0
    when it has none or is null. PostgreSQL reads backslashes as they are, so is_raw changes
    nothing; position and occurrence are ignored. The regular expression goes into the SQL as it
    is: write a quote in it twice.
#}
{% macro regexp_instr(
    source_value, regexp, position=1, occurrence=1, is_raw=False, flags=""
) -%}
    {{ adapter.dispatch("regexp_instr", "dbt_expectations")(
        source_value, regexp, position, occurrence, is_raw, flags
    ) }}
{%- endmacro %}

{% macro default__regexp_instr(source_value, regexp, position, occurrence, is_raw, flags) -%}
    (select count(*) from regexp_matches({{ source_value }}, '{{ regexp }}', '{{ flags }}'))
{%- endmacro %}
