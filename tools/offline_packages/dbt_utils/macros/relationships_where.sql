{#
    Fails for each row whose value is not found among the values of `field` in `to`. Conditions
    narrow either side. They are joined with `and` as they are: put an `or` into brackets.
#}
{% test relationships_where(
    model, column_name, to, field, from_condition="1=1", to_condition="1=1"
) %}
    {{ return(adapter.dispatch("test_relationships_where", "dbt_utils")(
        model, column_name, to, field, from_condition, to_condition
    )) }}
{% endtest %}

{% macro default__test_relationships_where(
    model, column_name, to, field, from_condition="1=1", to_condition="1=1"
) %}

with children as (

    select {{ column_name }} as foreign_key
    from {{ model }}
    where {{ column_name }} is not null and {{ from_condition }}

),

parents as (

    select {{ field }} as known_key
    from {{ to }}
    where {{ field }} is not null and {{ to_condition }}

)

select children.foreign_key
from children
where not exists (
    select 1
    from parents
    where parents.known_key = children.foreign_key
)
{% endmacro %}
