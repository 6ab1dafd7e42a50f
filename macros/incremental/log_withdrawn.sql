{% macro log_withdrawn(key, held) -%}
    {%- if model.name == 'fct_order_lines' -%}
        {%- set lines = ref('int_order_lines_withdrawn') -%}
    insert into {{ lines }} (
        order_line_key, order_key, customer_key, product_id, built_at
    )
    select
        withdrawn.order_line_key,
        withdrawn.order_key,
        withdrawn.customer_key,
        withdrawn.product_id,
        {{ next_built_at(held, lines) }}
    from withdrawn
    {%- else -%}
    insert into {{ ref('int_rows_withdrawn') }} (relation_name, row_key, written_by)
    select
        '{{ model.name }}',
        jsonb_build_object(
            {%- for column in key %}
            '{{ column }}', withdrawn.{{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        ),
        withdrawn.written_by
    from withdrawn
    {%- endif -%}
{%- endmacro %}
