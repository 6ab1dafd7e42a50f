{#
    Fails once for each combination of values that more than one row has. Nulls count as equal to
    each other here, unlike in a unique constraint.
#}
{% test unique_combination_of_columns(model, combination_of_columns, quote_columns=false) %}
    {{ return(adapter.dispatch("test_unique_combination_of_columns", "dbt_utils")(
        model, combination_of_columns, quote_columns
    )) }}
{% endtest %}

{% macro default__test_unique_combination_of_columns(
    model, combination_of_columns, quote_columns=false
) %}
    {%- set names = [] -%}
    {%- for column in combination_of_columns -%}
        {%- do names.append(adapter.quote(column) if quote_columns else column) -%}
    {%- endfor %}

select {{ names | join(", ") }}
from {{ model }}
group by {{ names | join(", ") }}
having count(*) > 1
{% endmacro %}
