{#
    The rows, or groups of rows, for which the expression lies outside the range. Null passes.
#}
{% macro expression_between(
    model, expression, min_value, max_value, group_by_columns, row_condition, strictly
) -%}
    {%- if min_value is none and max_value is none -%}
        {%- do exceptions.raise_compiler_error(
            "You have to provide either a min_value, a max_value or both (test on "
            ~ model ~ ")."
        ) -%}
    {%- endif -%}
    {%- set equal = "" if strictly else "=" -%}
    {%- set bounds = [] -%}
    {%- if min_value is not none -%}
        {%- do bounds.append(expression ~ " >" ~ equal ~ " " ~ min_value) -%}
    {%- endif -%}
    {%- if max_value is not none -%}
        {%- do bounds.append(expression ~ " <" ~ equal ~ " " ~ max_value) -%}
    {%- endif -%}
    {{ dbt_expectations.expression_is_true(
        model,
        expression="(" ~ bounds | join(" and ") ~ ")",
        group_by_columns=group_by_columns,
        row_condition=row_condition
    ) }}
{%- endmacro %}
