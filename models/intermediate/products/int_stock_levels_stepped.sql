with

stock_counts as (

    select
        *,
        {{ start_of('week', local_date('counted_at')) }} as week_start_date
    from {{ ref('int_stock_counts_unified') }}
    -- the shop tells the shelf of today only, which would make earlier weeks look empty
    where source_system = 'logistics'

),

last_counts as (

    select distinct on (location_code, product_id, week_start_date)
        location_code,
        product_id,
        quantity,
        reorder_point,
        week_start_date
    from stock_counts
    order by location_code asc, product_id asc, week_start_date asc, counted_at desc

),

held as (

    select
        *,
        least(
            lead(week_start_date) over (
                partition by location_code, product_id
                order by week_start_date
            ),
            week_start_date + 28
        ) as held_until
    from last_counts

),

changes as (

    select
        product_id,
        reorder_point,
        quantity,
        1 as location_count,
        week_start_date
    from held

    union all

    select
        product_id,
        reorder_point,
        -quantity as quantity,
        -1 as location_count,
        held_until as week_start_date
    from held

),

levels as (

    select
        product_id,
        max(reorder_point) as reorder_point,
        cast(sum(sum(location_count)) over until_week as integer) as location_count,
        cast(sum(sum(quantity)) over until_week as bigint) as stock_quantity,
        week_start_date,
        lead(week_start_date) over until_week as next_week_start_date
    from changes
    group by product_id, week_start_date
    window until_week as (partition by product_id order by week_start_date)

),

final as (

    select
        product_id,
        location_count,
        stock_quantity,
        reorder_point,
        coalesce(stock_quantity <= reorder_point, false) as is_low_stock,
        week_start_date,
        next_week_start_date
    from levels
    where location_count > 0

)

select * from final
