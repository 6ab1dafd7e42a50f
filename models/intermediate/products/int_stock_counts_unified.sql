with

stock_counts as (

    select * from {{ ref('stg_logistics__stock_counts') }}

),

inventory_levels as (

    select * from {{ ref('stg_shop__inventory_levels') }}

),

unioned as (

    select
        'logistics' as source_system,
        location_code,
        sku,
        quantity_counted as quantity,
        counted_at,
        extracted_at,
        _loaded_at
    from stock_counts
    where location_code is not null and quantity_counted is not null and counted_at is not null

    union all

    select
        'shop' as source_system,
        'SHOP' as location_code,
        sku,
        quantity_on_hand as quantity,
        coalesce(updated_at, extracted_at) as counted_at,
        extracted_at,
        _loaded_at
    from inventory_levels
    where quantity_on_hand is not null

),

-- a count that was sent twice is one; if the two differ, what was sent last holds
deduplicated as (

    select distinct on (source_system, location_code, sku, counted_at) *
    from unioned
    where sku is not null
    order by
        source_system asc, location_code asc, sku asc, counted_at asc,
        extracted_at desc, _loaded_at desc, quantity desc

),

final as (

    select
        deduplicated.source_system,
        deduplicated.location_code,
        'shop:' || deduplicated.sku as product_id,
        deduplicated.sku,
        deduplicated.quantity,
        inventory_levels.reorder_point,
        deduplicated.counted_at
    from deduplicated
    left join inventory_levels
        on deduplicated.sku = inventory_levels.sku

)

select * from final
