with

stock_counts as (

    select * from {{ ref('int_stock_counts_unified') }}

),

products as (

    select
        product_id,
        product_key,
        valid_from,
        valid_to
    from {{ ref('dim_products') }}

),

final as (

    select
        {{ surrogate_key([
            'stock_counts.source_system', 'stock_counts.location_code', 'stock_counts.sku',
            "extract(epoch from stock_counts.counted_at)",
        ]) }} as stock_count_key,
        coalesce(products.product_key, {{ unknown_member_key() }}) as product_key,
        stock_counts.source_system,
        stock_counts.location_code,
        stock_counts.product_id,
        stock_counts.sku,
        stock_counts.quantity,
        stock_counts.reorder_point,
        {{ local_date('stock_counts.counted_at') }} as counted_date,
        stock_counts.counted_at
    from stock_counts
    left join products
        on {{ as_of_join('stock_counts', 'counted_at', 'products', 'product_id') }}

)

select * from final
