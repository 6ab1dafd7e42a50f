{% macro touched_until() -%}
    (
        select greatest(
            (select max(lines.built_at) from {{ ref('fct_order_lines') }} as lines),
            (select max(gone.built_at) from {{ ref('int_order_lines_withdrawn') }} as gone)
        )
    )
{%- endmacro %}
