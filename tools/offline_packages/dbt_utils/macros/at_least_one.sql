{#
    Fails when the column holds nothing but nulls: once for the whole table, which includes an
    empty table, or once for each group.
#}
{% test at_least_one(model, column_name, group_by_columns=[]) %}
    {{ return(adapter.dispatch("test_at_least_one", "dbt_utils")(
        model, column_name, group_by_columns
    )) }}
{% endtest %}

{% macro default__test_at_least_one(model, column_name, group_by_columns=[]) %}
    {%- if group_by_columns %}

select
    {{ group_by_columns | join(", ") }},
    count(*) as row_count
from {{ model }}
group by {{ group_by_columns | join(", ") }}
having count({{ column_name }}) = 0
    {%- else %}

select 'no row has a value' as reason
where not exists (
    select 1
    from {{ model }}
    where {{ column_name }} is not null
)
    {%- endif %}
{% endmacro %}
