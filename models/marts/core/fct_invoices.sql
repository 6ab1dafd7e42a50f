{{ config(
    materialized='incremental',
    incremental_strategy='touched',
    unique_key='order_key',
    on_schema_change='fail',
) }}

-- which the strategy asks
-- depends_on: {{ ref('fct_order_lines') }}
-- depends_on: {{ ref('int_order_lines_withdrawn') }}

with

invoice_items as (

    select * from {{ ref('fct_invoice_items') }}
    -- of the same orders, by what the view hands on to the indexes of its tables
    {% if is_incremental() %}
    where built_at > {{ built_until(this) }}
    {% endif %}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

aggregated as (

    select
        order_key,
        min(document_type) as document_type,
        document_reason,
        cast(count(*) as integer) as item_count,
        coalesce(sum(amount) filter (where item_type = 'goods'), 0) as goods_amount,
        coalesce(sum(amount) filter (where item_type = 'discount'), 0) as discount_amount,
        coalesce(sum(amount) filter (where item_type = 'shipping'), 0) as shipping_amount,
        sum(amount) as total_amount,
        item_date as document_date,
        max(built_at) as built_at
    from invoice_items
    group by order_key, document_reason, item_date

),

final as (

    select
        -- as items have it; the key of each item would be made only to be grouped
        {{ surrogate_key([
            'aggregated.order_key', 'aggregated.document_reason', 'aggregated.document_date'
        ]) }} as invoice_key,
        aggregated.order_key,
        orders.customer_key,
        aggregated.document_type,
        aggregated.document_reason,
        orders.source_system,
        orders.channel,
        orders.store_id,
        orders.currency_code,
        aggregated.item_count,
        aggregated.goods_amount,
        aggregated.discount_amount,
        aggregated.shipping_amount,
        aggregated.total_amount,
        aggregated.document_date,
        aggregated.built_at
    from aggregated
    inner join orders
        on aggregated.order_key = orders.order_key

)

select * from final
