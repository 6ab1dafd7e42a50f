{% macro last_known_date(source_system, horizons) -%}
    case
        when {{ source_system }} = 'marketplace'
            then (
                select min(horizons.last_complete_date)
                from {{ horizons }} as horizons
                where horizons.source_system = 'marketplace'
            )
        else (
            select min(horizons.last_complete_date)
            from {{ horizons }} as horizons
            where horizons.source_system in ('shop', 'stores')
        )
    end
{%- endmacro %}
