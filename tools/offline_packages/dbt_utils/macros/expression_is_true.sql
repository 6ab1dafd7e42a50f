{#
    Fails for each row where the expression is false. Null is not false: such a row passes. On a
    column, the expression is what follows the column's name, such as "> 0".
#}
{% test expression_is_true(model, expression, column_name=None) %}
    {{ return(adapter.dispatch("test_expression_is_true", "dbt_utils")(
        model, expression, column_name
    )) }}
{% endtest %}

{% macro default__test_expression_is_true(model, expression, column_name) %}
    {%- set condition = expression if column_name is none else column_name ~ " " ~ expression %}

select {{ "*" if should_store_failures() else "1 as broken" }}
from {{ model }}
where not ({{ condition }})
{% endmacro %}
