with

dates as (

    select * from {{ ref('dim_dates') }}

),

sales as (

    select
        min(order_date) as first_date,
        max(order_date) as last_date
    from {{ ref('fct_order_lines') }}

),

final as (

    select dates.date_day
    from dates
    inner join sales
        on dates.date_day between sales.first_date and sales.last_date

)

select * from final
