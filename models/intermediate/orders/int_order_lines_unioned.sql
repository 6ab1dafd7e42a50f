{% set columns = [
    'source_system', 'channel', 'store_id', 'order_id',
    'order_line_id', 'customer_record_id', 'product_id', 'sku', 'promotion_code',
    'payment_method', 'currency_code', 'quantity', 'returned_quantity', 'unit_price',
    'discount_amount', 'order_shipping_amount', 'is_cancelled', 'is_payment_recorded',
    'is_price_missing', 'is_order_missing', 'ordered_at', 'returned_at',
] %}

with

marketplace_lines as (

    select * from {{ ref('int_marketplace_order_lines') }}

),

shop_lines as (

    select * from {{ ref('int_shop_order_lines') }}

),

store_lines as (

    select * from {{ ref('int_store_order_lines') }}

),

history_lines as (

    select * from {{ ref('int_history_order_lines') }}

),

final as (

    {% for lines in ['marketplace_lines', 'shop_lines', 'store_lines', 'history_lines'] %}
    select
        {{ columns | join(',\n        ') }}
    from {{ lines }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
