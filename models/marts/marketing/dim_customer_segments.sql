with

added_up as (

    select * from {{ ref('int_customer_orders_summed') }}

),

segments as (

    select * from {{ ref('rfm_segments') }}

),

scored as (

    select
        *,
        {{ fifth_of('last_order_date') }} as recency_score,
        {{ fifth_of('order_count') }} as frequency_score,
        -- customers without a known value are like each other alone, and so in the middle
        {{ fifth_of('net_merchandise_value', 'net_merchandise_value is null') }}
            as monetary_score,
        count(*) over () < 25 as is_among_few
    from added_up

),

final as (

    select
        scored.customer_key,
        {{ reporting_currency() }} as currency_code,
        segments.segment,
        scored.recency_score,
        scored.frequency_score,
        scored.monetary_score,
        scored.order_count,
        scored.unconverted_order_count,
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
