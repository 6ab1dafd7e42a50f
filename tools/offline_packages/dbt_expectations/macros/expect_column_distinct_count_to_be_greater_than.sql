{#
    Fails when the column has `value` different values or fewer, nulls not counted: once for the
    whole table, or once for each group.
#}
{% test expect_column_distinct_count_to_be_greater_than(
    model, column_name, value, group_by=None, row_condition=None
) %}
    {{ dbt_expectations.expression_is_true(
        model,
        expression="count(distinct " ~ column_name ~ ") > " ~ value,
        group_by_columns=group_by,
        row_condition=row_condition
    ) }}
{% endtest %}
