{#
    One row per period from start_date up to, not including, end_date, in the timestamp column
    `date_<datepart>`. The database is asked for the number of periods while the model is
    compiled, so both dates must be expressions that stand alone: no column, no CTE.
#}
{% macro date_spine(datepart, start_date, end_date) -%}
    {{ return(adapter.dispatch("date_spine", "dbt_utils")(datepart, start_date, end_date)) }}
{%- endmacro %}

{% macro default__date_spine(datepart, start_date, end_date) %}
    {%- set period_count = 1 -%}
    {%- if execute -%}
        {%- set counted = run_query("select " ~ dbt.datediff(start_date, end_date, datepart)) -%}
        {%- set period_count = counted.columns[0].values()[0] | int -%}
        {%- if period_count < 1 -%}
            {%- do exceptions.raise_compiler_error(
                "date_spine: the upper bound must be positive, but there are " ~ period_count
                ~ " whole periods (" ~ datepart ~ ") from " ~ start_date ~ " to " ~ end_date
                ~ ". Give an end_date that is later."
            ) -%}
        {%- endif -%}
    {%- endif %}

with periods as (

    select {{ dbt.dateadd(datepart, "period_number", start_date) }} as date_{{ datepart }}
    from generate_series(0, {{ period_count - 1 }}) as numbers (period_number)

)

select date_{{ datepart }}
from periods
where date_{{ datepart }} <= {{ end_date }}
{% endmacro %}
