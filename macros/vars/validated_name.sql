{% macro validated_name(name, value, raise_error) %}
    {#- two underscores together part a relation's name from what dbt or the search adds to it -#}
    {%- if value is string and modules.re.fullmatch('[a-z][a-z0-9_]{0,30}', value)
        and '__' not in value -%}
        {{ return(value) }}
    {%- endif -%}
    {{ return(raise_error(
        "The var '" ~ name ~ "' must be " ~ described_rule({'kind': 'name'}) ~ "; found " ~ described_value(value)
        ~ ". Write, for example: --vars '{" ~ name ~ ": summer_denim}'"
    )) }}
{% endmacro %}
