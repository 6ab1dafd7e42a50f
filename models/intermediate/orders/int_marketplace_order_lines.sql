with

transactions as (

    select * from {{ ref('stg_marketplace__transactions') }}

),

products as (

    select * from {{ ref('int_products_versioned') }}

),

keyed as (

    select
        sale_id,
        -- one transaction_id holds lines of several buyers
        concat_ws('-', transaction_id, user_id) as order_id,
        'marketplace:' || user_id as customer_record_id,
        'marketplace:' || product_id as product_id,
        quantity,
        {{ utc_midnight('sale_date') }} as ordered_at,
        extracted_at as reported_at
    from transactions

),

final as (

    select
        'marketplace' as source_system,
        'marketplace' as channel,
        cast(null as text) as store_id,
        keyed.order_id,
        cast(keyed.sale_id as text) as order_line_id,
        keyed.customer_record_id,
        keyed.product_id,
        cast(null as text) as sku,
        cast(null as text) as promotion_code,
        cast(null as text) as payment_method,
        {{ marketplace_currency() }} as currency_code,
        keyed.quantity,
        0 as returned_quantity,
        coalesce(products.price, 0) as unit_price,
        cast(0 as numeric) as discount_amount,
        cast(0 as numeric) as order_shipping_amount,
        cast(null as jsonb) as return_moves,
        false as is_cancelled,
        false as is_payment_recorded,
        products.price is null as is_price_missing,
        false as is_order_missing,
        keyed.ordered_at,
        cast(null as timestamptz) as cancelled_at,
        cast(null as timestamptz) as returned_at,
        keyed.reported_at
    from keyed
    left join products
        on {{ as_of_join('keyed', 'ordered_at', 'products', 'product_id') }}

)

select * from final
