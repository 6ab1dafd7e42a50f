with

store_sales as (

    select * from {{ ref('int_store_sales_reconciled') }}

),

final as (

    select
        'stores' as source_system,
        'store' as channel,
        store_id,
        order_id,
        order_line_id,
        'stores:' || coalesce(email, phone) as customer_record_id,
        coalesce('shop:' || sku, 'unknown') as product_id,
        sku,
        cast(null as text) as promotion_code,
        payment_method,
        coalesce(currency_code, {{ no_currency() }}) as currency_code,
        quantity,
        cast(returned_quantity as integer) as returned_quantity,
        coalesce(unit_price, 0) as unit_price,
        case
            when unit_price is null then 0 else coalesce(discount_amount, 0)
        end as discount_amount,
        cast(0 as numeric) as order_shipping_amount,
        return_moves,
        is_voided as is_cancelled,
        true as is_payment_recorded,
        unit_price is null as is_price_missing,
        is_receipt_missing as is_order_missing,
        sold_at as ordered_at,
        cancelled_at,
        returned_at,
        reported_at
    from store_sales

)

select * from final
