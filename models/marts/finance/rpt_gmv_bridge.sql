with

daily_sales as (

    select * from {{ ref('rpt_daily_sales') }}

),

commission_rates as (

    select * from {{ ref('commission_rates') }}

),

rated as (

    select
        daily_sales.*,
        {{ start_of('month', 'daily_sales.order_date') }} as month_start_date,
        case
            when commission_rates.commission_rate is not null
                then daily_sales.net_merchandise_value
        end as commissionable_value,
        daily_sales.net_merchandise_value * coalesce(commission_rates.commission_rate, 0)
            as commission_amount
    from daily_sales
    left join commission_rates
        on
            daily_sales.channel = commission_rates.channel
            and daily_sales.order_date >= commission_rates.valid_from
            and daily_sales.order_date < commission_rates.valid_to

),

final as (

    select
        channel,
        currency_code,
        sum(gross_amount) as list_value,
        sum(discount_amount) as discount_amount,
        sum(net_amount) as gross_merchandise_value,
        sum(cancelled_amount) as cancelled_amount,
        sum(returned_amount) as returned_amount,
        sum(net_merchandise_value) as net_merchandise_value,
        sum(commission_amount) as commission_amount,
        coalesce(sum(commissionable_value), 0) as commissionable_value,
        sum(commission_amount) / nullif(sum(commissionable_value), 0) as take_rate,
        month_start_date
    from rated
    group by month_start_date, channel, currency_code

)

select * from final
