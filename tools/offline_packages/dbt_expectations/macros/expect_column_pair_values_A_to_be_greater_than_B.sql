{#
    Fails for each row where A is not greater than B. A row where either is null passes.
#}
{% test expect_column_pair_values_A_to_be_greater_than_B(
    model, column_A, column_B, or_equal=False, row_condition=None
) %}
    {{ dbt_expectations.expression_is_true(
        model,
        expression=column_A ~ (" >= " if or_equal else " > ") ~ column_B,
        row_condition=row_condition
    ) }}
{% endtest %}
