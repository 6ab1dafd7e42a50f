{#
    Fails for each row whose value has no match for the regular expression. Null has none, so it
    fails: let a row_condition leave nulls out.
#}
{% test expect_column_values_to_match_regex(
    model, column_name, regex, row_condition=None, is_raw=False, flags=""
) %}
    {{ dbt_expectations.expression_is_true(
        model,
        expression=dbt_expectations.regexp_instr(
            column_name, regex, is_raw=is_raw, flags=flags
        ) ~ " > 0",
        row_condition=row_condition
    ) }}
{% endtest %}
