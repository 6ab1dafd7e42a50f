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

compared as (

    select
        *,
        first_value(gross_merchandise_value) over previous_month
            as previous_month_gross_merchandise_value,
        first_value(net_merchandise_value) over previous_month
            as previous_month_net_merchandise_value,
        first_value(gross_merchandise_value) over last_year as last_year_gross_merchandise_value,
        first_value(net_merchandise_value) over last_year as last_year_net_merchandise_value
    from sales_of_month
    window
        previous_month as (
            partition by channel, currency_code order by month_start_date
            range between interval '1 month' preceding and interval '1 month' preceding
        ),
        last_year as (
            partition by channel, currency_code order by month_start_date
            range between interval '1 year' preceding and interval '1 year' preceding
        )

),

final as (

    select
        compared.channel,
        compared.currency_code,
        compared.order_count,
        coalesce(buyers_of_month.buyer_count, 0) as buyer_count,
        compared.quantity,
        compared.gross_merchandise_value,
        compared.net_merchandise_value,
        compared.gross_merchandise_value / nullif(compared.order_count, 0) as average_order_value,
        compared.previous_month_gross_merchandise_value,
        compared.previous_month_net_merchandise_value,
        compared.net_merchandise_value
        / nullif(compared.previous_month_net_merchandise_value, 0) - 1 as change_to_previous_month,
        compared.last_year_gross_merchandise_value,
        compared.last_year_net_merchandise_value,
        compared.net_merchandise_value
        / nullif(compared.last_year_net_merchandise_value, 0) - 1 as change_to_last_year,
        compared.month_start_date
    from compared
    left join buyers_of_month
        on
            compared.month_start_date = buyers_of_month.month_start_date
            and compared.channel = buyers_of_month.channel
            and compared.currency_code = buyers_of_month.currency_code

)

select * from final
