{% macro first_open_date(horizons, facts) -%}
    (
        select
            coalesce(
                min(horizons.last_complete_date), (select max(facts.order_date) from {{ facts }} as facts)
            ) + 1
        from {{ horizons }} as horizons
        where not horizons.is_closed
    )
{%- endmacro %}
