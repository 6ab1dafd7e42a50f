{#
    The md5 of the fields, each cast to text, with a hyphen between them. A null field counts as a
    fixed placeholder, so that (null, 'a') and ('', 'a') have different keys; the var
    `surrogate_key_treat_nulls_as_empty_strings` gives both the same key.
#}
{% macro generate_surrogate_key(field_list) -%}
    {{ return(adapter.dispatch("generate_surrogate_key", "dbt_utils")(field_list)) }}
{%- endmacro %}

{% macro default__generate_surrogate_key(field_list) -%}
    {%- set nulls_are_empty = var("surrogate_key_treat_nulls_as_empty_strings", false) -%}
    {%- set null_text = "" if nulls_are_empty else "_dbt_utils_surrogate_key_null_" -%}
    {%- set parts = [] -%}
    {%- for field in field_list -%}
        {%- do parts.append("coalesce(cast(" ~ field ~ " as text), '" ~ null_text ~ "')") -%}
    {%- endfor -%}
    md5({{ parts | join(" || '-' || ") }})
{%- endmacro %}
