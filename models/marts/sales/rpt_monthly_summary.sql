with

daily_sales as (

    select * from {{ ref('rpt_daily_sales') }}

),

last_days as (

    {{ last_days_of_channels(ref('rpt_source_horizons')) }}

),

days as (

    select
        daily_sales.*,
        {{ start_of('month', 'daily_sales.order_date') }} as month_start_date,
        last_days.last_complete_date,
        -- as far into its month as the last one has come
        daily_sales.order_date <= last_days.last_complete_date
        and extract(day from daily_sales.order_date)
        <= extract(day from last_days.last_complete_date) as is_so_far
    from daily_sales
    left join last_days
        on daily_sales.channel = last_days.channel

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
        month_start_date,
        channel,
        currency_code,
        last_complete_date,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(quantity) as bigint) as quantity,
        sum(net_amount) as gross_merchandise_value,
        sum(net_merchandise_value) as net_merchandise_value,
        coalesce(sum(net_amount) filter (where is_so_far), 0) as gross_so_far,
        coalesce(sum(net_merchandise_value) filter (where is_so_far), 0) as net_so_far
    from days
    group by month_start_date, channel, currency_code, last_complete_date

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

marked as (

    select
        *,
        coalesce(
            month_start_date + interval '1 month' <= last_complete_date + 1, false
        ) as is_complete,
        coalesce(month_start_date <= last_complete_date, false) as has_begun
    from sales_of_month

),

-- a month that is not over is compared with as many days of another
compared as (

    select
        *,
        case when is_complete then net_merchandise_value else net_so_far end as compared_value,
        {% for span in ['previous_month', 'last_year'] %}
        case
            when is_complete then first_value(gross_merchandise_value) over {{ span }}
            when has_begun then first_value(gross_so_far) over {{ span }}
        end as {{ span }}_gross_merchandise_value,
        case
            when is_complete then first_value(net_merchandise_value) over {{ span }}
            when has_begun then first_value(net_so_far) over {{ span }}
        end as {{ span }}_net_merchandise_value{% if not loop.last %},{% endif %}
        {% endfor %}
    from marked
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
        compared.compared_value
        / nullif(compared.previous_month_net_merchandise_value, 0) - 1 as change_to_previous_month,
        compared.last_year_gross_merchandise_value,
        compared.last_year_net_merchandise_value,
        compared.compared_value
        / nullif(compared.last_year_net_merchandise_value, 0) - 1 as change_to_last_year,
        compared.is_complete,
        compared.month_start_date
    from compared
    left join buyers_of_month
        on
            compared.month_start_date = buyers_of_month.month_start_date
            and compared.channel = buyers_of_month.channel
            and compared.currency_code = buyers_of_month.currency_code

)

select * from final
