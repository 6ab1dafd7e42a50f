-- month in which the financial year starts; the year is named for the one it ends in
{% set fiscal_year_start_month = 4 %}

with

days as (

    {{ dbt_utils.date_spine(
        datepart="day",
        start_date="cast('" ~ calendar_bounds()[0] ~ "' as date)",
        end_date="cast('" ~ calendar_bounds()[1] ~ "' as date)"
    ) }}

),

numbered as (

    select
        cast(date_day as date) as date_day,
        cast(extract(isodow from date_day) as integer) as iso_day_of_week,
        cast(extract(week from date_day) as integer) as iso_week,
        cast(extract(isoyear from date_day) as integer) as iso_year,
        cast(extract(month from date_day) as integer) as month_of_year,
        cast(extract(quarter from date_day) as integer) as quarter_of_year,
        cast(extract(year from date_day) as integer) as calendar_year
    from days

),

final as (

    select
        date_day,
        to_char(date_day, 'FMDay') as day_name,
        to_char(date_day, 'FMMonth') as month_name,
        iso_day_of_week,
        iso_week,
        iso_year,
        month_of_year,
        quarter_of_year,
        calendar_year,
        (month_of_year - {{ fiscal_year_start_month }} + 12) % 12 / 3 + 1 as fiscal_quarter,
        case
            when
                {{ fiscal_year_start_month }} > 1
                and month_of_year >= {{ fiscal_year_start_month }}
                then calendar_year + 1
            else calendar_year
        end as fiscal_year,
        iso_day_of_week >= 6 as is_weekend,
        {{ start_of('week', 'date_day') }} as week_start_date,
        {{ start_of('month', 'date_day') }} as month_start_date,
        {{ start_of('quarter', 'date_day') }} as quarter_start_date
    from numbered

)

select * from final
