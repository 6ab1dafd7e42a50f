{#
    Fails once for each combination of values that more than one row has. Nulls count as equal to
    each other; `ignore_row_if` says which rows with nulls are left out.
#}
{% test expect_compound_columns_to_be_unique(
    model,
    column_list,
    quote_columns=False,
    ignore_row_if="all_values_are_missing",
    row_condition=None
) %}
    {%- if not column_list -%}
        {%- do exceptions.raise_compiler_error(
            "`column_list` must be specified as a list of columns, not '" ~ column_list ~ "'."
        ) -%}
    {%- endif -%}
    {%- set joined_by = {"all_values_are_missing": " or ", "any_value_is_missing": " and "} -%}
    {%- if ignore_row_if not in joined_by -%}
        {%- do exceptions.raise_compiler_error(
            "`ignore_row_if` must be one of " ~ (joined_by | list) ~ ", not '"
            ~ ignore_row_if ~ "'."
        ) -%}
    {%- endif -%}
    {%- set names = [] -%}
    {%- set filled = [] -%}
    {%- for column in column_list -%}
        {%- set name = adapter.quote(column) if quote_columns else column -%}
        {%- do names.append(name) -%}
        {%- do filled.append(name ~ " is not null") -%}
    {%- endfor %}

select
    {{ names | join(", ") }},
    count(*) as n_records
from {{ model }}
where
    {{ row_condition or "true" }}
    and ({{ filled | join(joined_by[ignore_row_if]) }})
group by {{ names | join(", ") }}
having count(*) > 1
{% endtest %}
