{#
    Fails when an aggregate of this table differs from that of another by more than the tolerance:
    once for the tables, or once for each group. A group that one table lacks counts as 0 there;
    groups whose key is null never meet. With tolerance_percent (a share: 0.01 is one in a
    hundred) the difference is divided by this table's aggregate, so that an aggregate of 0, null
    or less always passes.
#}
{% test expect_table_aggregation_to_equal_other_table(
    model,
    expression,
    compare_model,
    compare_expression=None,
    group_by=None,
    compare_group_by=None,
    row_condition=None,
    compare_row_condition=None,
    tolerance=0.0,
    tolerance_percent=None
) %}
    {%- set keys = group_by or [] -%}
    {%- set sides = [
        ("here", model, expression, keys, row_condition),
        (
            "there",
            compare_model or model,
            compare_expression or expression,
            compare_group_by or keys,
            compare_row_condition or row_condition,
        ),
    ] -%}

with
    {%- for name, relation, aggregate, groups, condition in sides %}
{{ name }} as (

    select
        {% for group in groups -%}
        {{ group }} as col_{{ loop.index }},
        {% endfor -%}
        {{ aggregate }} as expression
    from {{ relation }}
    {%- if condition %}
    where {{ condition }}
    {%- endif %}
    {%- if groups %}
    group by {{ range(1, groups | length + 1) | join(", ") }}
    {%- endif %}

),
    {%- endfor %}

compared as (

    select
        {% for _ in keys -%}
        coalesce(here.col_{{ loop.index }}, there.col_{{ loop.index }}) as col_{{ loop.index }},
        {% endfor -%}
        here.expression,
        there.expression as compare_expression,
        abs(coalesce(here.expression, 0) - coalesce(there.expression, 0)) as difference
    from here
    {%- if keys %}
    full outer join there
        on
        {%- for _ in keys %}
            {{ "and " if not loop.first }}here.col_{{ loop.index }} = there.col_{{ loop.index }}
        {%- endfor %}
    {%- else %}
    cross join there
    {%- endif %}

)

select *
from compared
where
    {%- if tolerance_percent %}
    difference / nullif(expression * 1.0, 0) > {{ tolerance_percent }}
    {%- else %}
    difference > {{ tolerance }}
    {%- endif %}
{% endtest %}
