{#
    What most of these tests rest on: the rows, or groups of rows, for which the expression does
    not meet the condition. Null meets it.
#}
{% macro expression_is_true(
    model, expression, test_condition="= true", group_by_columns=None, row_condition=None
) -%}
    {{ adapter.dispatch("expression_is_true", "dbt_expectations")(
        model, expression, test_condition, group_by_columns, row_condition
    ) }}
{%- endmacro %}

{% macro default__expression_is_true(
    model, expression, test_condition, group_by_columns, row_condition
) %}

with judged as (

    select
        {% for column in group_by_columns or [] -%}
        {{ column }} as col_{{ loop.index }},
        {% endfor -%}
        {{ expression }} as expression
    from {{ model }}
    {%- if row_condition %}
    where {{ row_condition }}
    {%- endif %}
    {%- if group_by_columns %}
    group by {{ group_by_columns | join(", ") }}
    {%- endif %}

)

select *
from judged
where not (expression {{ test_condition }})
{% endmacro %}
