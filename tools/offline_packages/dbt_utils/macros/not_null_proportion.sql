{#
    Fails when the share of rows with a value is below `at_least` or above `at_most`: once for the
    whole table, or once for each group. An empty table has no share, and fails on neither.
#}
{% test not_null_proportion(
    model, group_by_columns=[], column_name=None, at_least=None, at_most=1
) %}
    {{ return(adapter.dispatch("test_not_null_proportion", "dbt_utils")(
        model, group_by_columns, column_name=column_name, at_least=at_least, at_most=at_most
    )) }}
{% endtest %}

{% macro default__test_not_null_proportion(
    model, group_by_columns=[], column_name=None, at_least=None, at_most=1
) %}
    {%- if at_least is none -%}
        {%- do exceptions.raise_compiler_error(
            "not_null_proportion: `at_least` is missing. Give a share from 0 to 1."
        ) -%}
    {%- endif %}

with shares as (

    select
        {% for column in group_by_columns -%}
        {{ column }},
        {% endfor -%}
        cast(count({{ column_name }}) as numeric) / nullif(count(*), 0) as not_null_proportion
    from {{ model }}
    {%- if group_by_columns %}
    group by {{ group_by_columns | join(", ") }}
    {%- endif %}

)

select *
from shares
where not_null_proportion < {{ at_least }} or not_null_proportion > {{ at_most }}
{% endmacro %}
