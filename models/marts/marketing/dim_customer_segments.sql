with

orders as (

    select
        customer_key,
        currency_code,
        net_merchandise_value,
        order_date
    from {{ ref('fct_orders') }}
    where customer_key <> {{ unknown_member_key() }} and not is_cancelled

),

segments as (

    select * from {{ ref('rfm_segments') }}

),

added_up as (

    select
        customer_key,
        currency_code,
        count(*) as order_count,
        sum(net_merchandise_value) as net_merchandise_value,
        max(order_date) as last_order_date
    from orders
    group by customer_key, currency_code

),

in_main_currency as (

    select
        customer_key,
        currency_code,
        net_merchandise_value,
        sum(order_count) over (partition by customer_key) as order_count,
        max(last_order_date) over (partition by customer_key) as last_order_date,
        row_number() over (
            partition by customer_key
            order by order_count desc, net_merchandise_value desc, currency_code asc
        ) as currency_rank
    from added_up

),

scored as (

    select
        customer_key,
        currency_code,
        cast(order_count as bigint) as order_count,
        net_merchandise_value,
        last_order_date,
        {{ fifth_of('last_order_date') }} as recency_score,
        {{ fifth_of('order_count') }} as frequency_score,
        {{ fifth_of('net_merchandise_value', 'currency_code') }} as monetary_score,
        count(*) over (partition by currency_code) < 25 as is_among_few
    from in_main_currency
    where currency_rank = 1

),

final as (

    select
        scored.customer_key,
        scored.currency_code,
        segments.segment,
        scored.recency_score,
        scored.frequency_score,
        scored.monetary_score,
        scored.order_count,
        scored.net_merchandise_value,
        scored.is_among_few,
        scored.last_order_date
    from scored
    left join segments
        on
            scored.recency_score = segments.recency_score
            -- the mean of frequency and value, rounded up
            and (scored.frequency_score + scored.monetary_score + 1) / 2 = segments.value_score

)

select * from final
