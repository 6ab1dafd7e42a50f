with

products as (

    select * from {{ ref('dim_products') }}
    where not is_unknown

),

-- read twice; kept apart, all lines would be written to disk in between
order_lines as not materialized (

    select
        product_id,
        quantity,
        order_date,
        ordered_at
    from {{ ref('fct_order_lines') }}
    where not is_cancelled

),

ordered as (

    select
        *,
        lag(price) over versions as price_before,
        lag(currency_code) over versions as currency_code_before
    from products
    where price is not null
    window versions as (partition by product_id order by version_number)

),

drops as (

    select * from ordered
    where price < price_before and currency_code = currency_code_before and not is_deleted

),

sales_around as (

    select
        drops.product_key,
        sum(order_lines.quantity) filter (
            where order_lines.ordered_at < drops.valid_from
        ) as quantity_before,
        sum(order_lines.quantity) filter (
            where order_lines.ordered_at >= drops.valid_from
        ) as quantity_after
    from drops
    inner join order_lines
        on
            drops.product_id = order_lines.product_id
            and order_lines.ordered_at >= drops.valid_from - interval '14 days'
            and order_lines.ordered_at < drops.valid_from + interval '14 days'
    group by drops.product_key

),

final as (

    select
        drops.product_key,
        drops.product_id,
        drops.category,
        drops.brand,
        drops.currency_code,
        coalesce(cast(sales_around.quantity_before as bigint), 0) as quantity_before,
        coalesce(cast(sales_around.quantity_after as bigint), 0) as quantity_after,
        drops.price_before,
        drops.price,
        drops.price_before - drops.price as drop_amount,
        coalesce(
            {{ local_date('drops.valid_from') }} + 14
            <= {{ last_known_date('drops.source_system', ref('rpt_source_horizons')) }},
            false
        ) as is_observed,
        coalesce(sales_around.quantity_after, 0) > 0 as is_sold_after,
        drops.valid_from as dropped_at
    from drops
    left join sales_around
        on drops.product_key = sales_around.product_key

)

select * from final
