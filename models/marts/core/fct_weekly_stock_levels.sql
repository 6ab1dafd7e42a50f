with

stock_levels as (

    select * from {{ ref('int_stock_levels_stepped') }}

),

current_products as (

    select
        product_id,
        category
    from {{ ref('dim_products') }}
    where is_current

),

-- each level comes with its week and goes with the next, so that running sums give any week
changes as (

    select
        product_id,
        1 as product_count,
        cast(is_low_stock as integer) as low_stock_product_count,
        stock_quantity,
        coalesce(reorder_point, 0) as reorder_quantity,
        week_start_date
    from stock_levels

    union all

    select
        product_id,
        -1 as product_count,
        -cast(is_low_stock as integer) as low_stock_product_count,
        -stock_quantity as stock_quantity,
        -coalesce(reorder_point, 0) as reorder_quantity,
        next_week_start_date as week_start_date
    from stock_levels

),

levels_of_categories as (

    select
        coalesce(current_products.category, 'Uncategorised') as category,
        sum(sum(changes.product_count)) over until_week as product_count,
        sum(sum(changes.low_stock_product_count)) over until_week as low_stock_product_count,
        sum(sum(changes.stock_quantity)) over until_week as stock_quantity,
        sum(sum(changes.reorder_quantity)) over until_week as reorder_quantity,
        changes.week_start_date,
        lead(changes.week_start_date) over until_week as next_week_start_date
    from changes
    left join current_products
        on changes.product_id = current_products.product_id
    group by coalesce(current_products.category, 'Uncategorised'), changes.week_start_date
    window until_week as (
        partition by coalesce(current_products.category, 'Uncategorised')
        order by changes.week_start_date
    )

),

known_levels as (

    select * from levels_of_categories
    where product_count > 0

),

final as (

    select
        known_levels.category,
        cast(known_levels.product_count as bigint) as product_count,
        cast(known_levels.low_stock_product_count as bigint) as low_stock_product_count,
        cast(known_levels.stock_quantity as bigint) as stock_quantity,
        cast(known_levels.reorder_quantity as bigint) as reorder_quantity,
        known_levels.stock_quantity <= known_levels.reorder_quantity as is_low_stock,
        cast(series.week_start as date) as week_start_date
    from known_levels
    cross join generate_series(
        cast(known_levels.week_start_date as timestamp),
        cast(known_levels.next_week_start_date - 7 as timestamp),
        interval '7 days'
    ) as series (week_start)

)

select * from final
