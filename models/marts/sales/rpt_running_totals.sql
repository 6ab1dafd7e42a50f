with

daily_sales as (

    select * from {{ ref('rpt_daily_sales') }}

),

dates as (

    select
        date_day,
        calendar_year
    from {{ ref('dim_dates') }}

),

span as (

    select
        min(order_date) as first_date,
        max(order_date) as last_date
    from daily_sales

),

kinds as (

    select distinct
        channel,
        currency_code
    from daily_sales

),

filled as (

    select
        kinds.channel,
        kinds.currency_code,
        coalesce(daily_sales.quantity, 0) as quantity,
        coalesce(daily_sales.net_amount, 0) as gross_merchandise_value,
        coalesce(daily_sales.net_merchandise_value, 0) as net_merchandise_value,
        dates.date_day as order_date,
        dates.calendar_year
    from dates
    inner join span
        on dates.date_day between span.first_date and span.last_date
    cross join kinds
    left join daily_sales
        on
            dates.date_day = daily_sales.order_date
            and kinds.channel = daily_sales.channel
            and kinds.currency_code = daily_sales.currency_code

),

final as (

    select
        channel,
        currency_code,
        quantity,
        gross_merchandise_value,
        net_merchandise_value,
        sum(gross_merchandise_value) over this_year as year_to_date_gross_merchandise_value,
        sum(net_merchandise_value) over this_year as year_to_date_net_merchandise_value,
        sum(gross_merchandise_value) over all_time as all_time_gross_merchandise_value,
        sum(net_merchandise_value) over all_time as all_time_net_merchandise_value,
        order_date
    from filled
    window
        this_year as (
            partition by channel, currency_code, calendar_year order by order_date
        ),
        all_time as (partition by channel, currency_code order by order_date)

)

select * from final
