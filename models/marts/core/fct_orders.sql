{{ config(
    materialized='incremental',
    incremental_strategy='touched',
    unique_key='order_key',
    on_schema_change='fail',
) }}

with

order_lines as (

    select * from {{ ref('fct_order_lines') }}
    where {{ is_touched('order_key') }}

),

aggregated as (

    select
        order_key,
        -- lines of one order agree on these, save that one may lack the customer's address
        {{ least_key('nullif(customer_key, ' ~ unknown_member_key() ~ ')') }} as customer_key,
        {{ least_key('nullif(promotion_key, ' ~ unknown_member_key() ~ ')') }} as promotion_key,
        min(source_system) as source_system,
        min(channel) as channel,
        min(store_id) as store_id,
        min(order_id) as order_id,
        min(payment_method) as payment_method,
        min(currency_code) as currency_code,
        cast(count(*) as integer) as line_count,
        cast(sum(quantity) as bigint) as quantity,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_amount) as net_amount,
        sum(cancelled_amount) as cancelled_amount,
        sum(returned_amount) as returned_amount,
        {{ complete_sum('reporting_net_amount') }} as reporting_net_amount,
        {{ complete_sum('reporting_net_merchandise_value') }} as reporting_net_merchandise_value,
        max(order_shipping_amount) as shipping_amount,
        bool_and(is_cancelled) as is_cancelled,
        bool_or(is_returned) as has_returns,
        bool_and(returned_quantity = quantity) as is_returned_whole,
        bool_and(is_payment_recorded) as is_payment_recorded,
        bool_or(is_price_missing) as has_missing_prices,
        min(order_date) as order_date,
        max(cancelled_date) as cancelled_date,
        min(ordered_at) as ordered_at
    from order_lines
    group by order_key

),

final as (

    select
        order_key,
        coalesce(customer_key, {{ unknown_member_key() }}) as customer_key,
        coalesce(promotion_key, {{ unknown_member_key() }}) as promotion_key,
        source_system,
        channel,
        store_id,
        order_id,
        payment_method,
        currency_code,
        line_count,
        quantity,
        gross_amount,
        discount_amount,
        net_amount,
        cancelled_amount,
        returned_amount,
        net_amount - cancelled_amount - returned_amount as net_merchandise_value,
        reporting_net_amount,
        reporting_net_merchandise_value,
        shipping_amount,
        is_cancelled,
        has_returns,
        is_returned_whole,
        is_payment_recorded,
        has_missing_prices,
        order_date,
        cancelled_date,
        ordered_at,
        {{ touched_until() }} as built_at
    from aggregated

)

select * from final
