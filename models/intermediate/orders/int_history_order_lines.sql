with

past_sales as (

    select
        past_sales.*,
        stores.time_zone
    from {{ ref('stg_history__sales') }} as past_sales
    left join {{ ref('stores') }} as stores
        on past_sales.store_id = stores.store_id

),

final as (

    select
        'history' as source_system,
        'store' as channel,
        store_id,
        -- the tills of old began to count anew, so a receipt's number needs its day
        concat_ws(
            '-',
            store_id,
            {{ local_date('sold_at', 'time_zone') }},
            coalesce(receipt_number, 'line-' || sale_line_id)
        ) as order_id,
        cast(sale_line_id as text) as order_line_id,
        'history:' || email as customer_record_id,
        coalesce('shop:' || sku, 'unknown') as product_id,
        sku,
        cast(null as text) as promotion_code,
        cast(null as text) as payment_method,
        coalesce(currency_code, {{ no_currency() }}) as currency_code,
        quantity,
        case when is_returned then quantity else 0 end as returned_quantity,
        coalesce(unit_price, 0) as unit_price,
        case
            when unit_price is null then 0 else coalesce(discount_amount, 0)
        end as discount_amount,
        cast(0 as numeric) as order_shipping_amount,
        cast(null as jsonb) as return_moves,
        false as is_cancelled,
        false as is_payment_recorded,
        unit_price is null as is_price_missing,
        false as is_order_missing,
        sold_at as ordered_at,
        cast(null as timestamptz) as cancelled_at,
        cast(null as timestamptz) as returned_at,
        extracted_at as reported_at
    from past_sales

)

select * from final
