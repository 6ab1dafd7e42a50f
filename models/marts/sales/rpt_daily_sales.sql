with

lines_of_day as (

    select
        order_date,
        channel,
        currency_code,
        count(*) as line_count,
        cast(sum(quantity) as bigint) as quantity,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_amount) as net_amount,
        sum(cancelled_amount) as cancelled_amount,
        sum(returned_amount) as returned_amount,
        -- all of a day and currency have a rate, or none
        sum(reporting_net_amount) as reporting_net_amount,
        sum(reporting_net_merchandise_value) as reporting_net_merchandise_value
    from {{ ref('fct_order_lines') }}
    group by order_date, channel, currency_code

),

orders_of_day as (

    select
        order_date,
        channel,
        currency_code,
        count(*) as order_count
    from {{ ref('fct_orders') }}
    group by order_date, channel, currency_code

),

final as (

    select
        lines_of_day.order_date,
        lines_of_day.channel,
        lines_of_day.currency_code,
        -- 0 on a day that has only later lines of orders begun before
        coalesce(orders_of_day.order_count, 0) as order_count,
        lines_of_day.line_count,
        lines_of_day.quantity,
        lines_of_day.gross_amount,
        lines_of_day.discount_amount,
        lines_of_day.net_amount,
        lines_of_day.cancelled_amount,
        lines_of_day.returned_amount,
        lines_of_day.net_amount - lines_of_day.cancelled_amount - lines_of_day.returned_amount
            as net_merchandise_value,
        lines_of_day.reporting_net_amount,
        lines_of_day.reporting_net_merchandise_value
    from lines_of_day
    left join orders_of_day
        on
            lines_of_day.order_date = orders_of_day.order_date
            and lines_of_day.channel = orders_of_day.channel
            and lines_of_day.currency_code = orders_of_day.currency_code

)

select * from final
