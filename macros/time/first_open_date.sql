{% macro first_open_date(horizons, facts) -%}
    coalesce(
        {{ last_day_of_all_sources(horizons) }},
        (select max(facts.order_date) from {{ facts }} as facts)
    ) + 1
{%- endmacro %}
