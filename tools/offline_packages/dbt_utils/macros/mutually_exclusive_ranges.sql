{#
    Fails for each row whose range is empty or upside down, or reaches into the next range of its
    partition. `gaps` says what may lie between a range and the next: "allowed" anything,
    "not_allowed" nothing, "required" something. A null bound fails, and so does the same range
    twice, of no length or not.
#}
{% test mutually_exclusive_ranges(
    model,
    lower_bound_column,
    upper_bound_column,
    partition_by=None,
    gaps="allowed",
    zero_length_range_allowed=False
) %}
    {{ return(adapter.dispatch("test_mutually_exclusive_ranges", "dbt_utils")(
        model, lower_bound_column, upper_bound_column, partition_by, gaps,
        zero_length_range_allowed
    )) }}
{% endtest %}

{% macro default__test_mutually_exclusive_ranges(
    model,
    lower_bound_column,
    upper_bound_column,
    partition_by=None,
    gaps="allowed",
    zero_length_range_allowed=False
) %}
    {%- set meets_next = {"allowed": "<=", "not_allowed": "=", "required": "<"} -%}
    {%- if gaps not in meets_next -%}
        {%- do exceptions.raise_compiler_error(
            "mutually_exclusive_ranges: the `gaps` argument must be one of "
            ~ (meets_next | list) ~ ", not '" ~ gaps ~ "'."
        ) -%}
    {%- endif -%}
    {%- set split = "partition by " ~ partition_by if partition_by else "" -%}
    {%- set meets_upper = "<=" if zero_length_range_allowed else "<" %}

with ranges as (

    select
        {{ lower_bound_column }} as lower_bound,
        {{ upper_bound_column }} as upper_bound,
        lead({{ lower_bound_column }}) over in_order as next_lower_bound,
        row_number() over from_the_end = 1 as is_last
        {%- if partition_by %},
        {{ partition_by }}
        {%- endif %}
    from {{ model }}
    window
        in_order as (
            {{ split }} order by {{ lower_bound_column }}, {{ upper_bound_column }}
        ),
        from_the_end as (
            {{ split }} order by {{ lower_bound_column }} desc, {{ upper_bound_column }} desc
        )

)

select *
from ranges
where
    not coalesce(lower_bound {{ meets_upper }} upper_bound, false)
    or not coalesce(upper_bound {{ meets_next[gaps] }} next_lower_bound, is_last)
{% endmacro %}
