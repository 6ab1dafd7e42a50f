with

daily_sales as (

    select * from {{ ref('rpt_daily_sales') }}

),

buyers as (

    select distinct
        channel,
        currency_code,
        customer_key,
        {{ start_of('month', 'order_date') }} as month_start_date
    from {{ ref('fct_orders') }}
    where customer_key <> {{ unknown_member_key() }}

),

sales_of_month as (

    select
        {{ start_of('month', 'order_date') }} as month_start_date,
        channel,
        currency_code,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(quantity) as bigint) as quantity,
        sum(net_amount) as gross_merchandise_value,
        sum(net_merchandise_value) as net_merchandise_value
    from daily_sales
    group by {{ start_of('month', 'order_date') }}, channel, currency_code

),

buyers_of_month as (

    select
        month_start_date,
        channel,
        currency_code,
        count(*) as buyer_count
    from buyers
    group by month_start_date, channel, currency_code

),

final as (

    select
        sales_of_month.channel,
        sales_of_month.currency_code,
        sales_of_month.order_count,
        coalesce(buyers_of_month.buyer_count, 0) as buyer_count,
        sales_of_month.quantity,
        sales_of_month.gross_merchandise_value,
        sales_of_month.net_merchandise_value,
        sales_of_month.gross_merchandise_value / nullif(sales_of_month.order_count, 0)
            as average_order_value,
        previous_month.gross_merchandise_value as previous_month_gross_merchandise_value,
        previous_month.net_merchandise_value as previous_month_net_merchandise_value,
        sales_of_month.net_merchandise_value
        / nullif(previous_month.net_merchandise_value, 0) - 1 as change_to_previous_month,
        last_year.gross_merchandise_value as last_year_gross_merchandise_value,
        last_year.net_merchandise_value as last_year_net_merchandise_value,
        sales_of_month.net_merchandise_value
        / nullif(last_year.net_merchandise_value, 0) - 1 as change_to_last_year,
        sales_of_month.month_start_date
    from sales_of_month
    left join buyers_of_month
        on
            sales_of_month.month_start_date = buyers_of_month.month_start_date
            and sales_of_month.channel = buyers_of_month.channel
            and sales_of_month.currency_code = buyers_of_month.currency_code
    left join sales_of_month as previous_month
        on
            sales_of_month.month_start_date
            = cast(previous_month.month_start_date + interval '1 month' as date)
            and sales_of_month.channel = previous_month.channel
            and sales_of_month.currency_code = previous_month.currency_code
    left join sales_of_month as last_year
        on
            sales_of_month.month_start_date
            = cast(last_year.month_start_date + interval '1 year' as date)
            and sales_of_month.channel = last_year.channel
            and sales_of_month.currency_code = last_year.currency_code

)

select * from final
