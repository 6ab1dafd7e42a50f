{% macro is_touched(key, but_not=none) -%}
    {%- set lines = ref('fct_order_lines') -%}
    {%- set withdrawn = ref('int_order_lines_withdrawn') -%}
    {%- set until = built_until(this) if is_incremental() -%}
    {#- if no line is as old as this table, all were made anew, and nobody wrote down which went -#}
    {%- if
        not is_incremental()
        or run_query(
            'select coalesce(min(built_at) > ' ~ until ~ ', true) as is_all from ' ~ lines
        ).rows[0].is_all
    -%}
    true
    {%- else -%}
    {{ key }} in (
        {#- the other lines of an order, too: whose it is, and if cancelled, hangs on them all #}
        select touched.{{ key }} from {{ lines }} as touched
        where
            touched.order_key in (
                select written.order_key from {{ lines }} as written
                where written.built_at > {{ until }}

                union all

                select withdrawn.order_key from {{ withdrawn }} as withdrawn
                where withdrawn.built_at > {{ until }}
            )
            {{ 'and touched.' ~ key ~ ' <> ' ~ but_not if but_not }}

        union all

        select withdrawn.{{ key }} from {{ withdrawn }} as withdrawn
        where
            withdrawn.built_at > {{ until }}
            {{ 'and withdrawn.' ~ key ~ ' <> ' ~ but_not if but_not }}
    )
    {%- endif -%}
{%- endmacro %}
