{% macro last_days_of_channels(horizons) -%}
    {#- what is sold in stores, the tills of today and of old tell together -#}
    select
        channel,
        max(last_complete_date) as last_complete_date
    from (
        select
            case
                when source_system in ('stores', 'history') then 'store' else source_system
            end as channel,
            last_complete_date
        from {{ horizons }}
    ) as horizons
    group by channel
{%- endmacro %}
