{% macro last_day_of_all_sources(horizons) -%}
    (
        select min(horizons.last_complete_date)
        from {{ horizons }} as horizons
        where not horizons.is_closed
    )
{%- endmacro %}
