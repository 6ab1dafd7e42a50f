with

order_lines as (

    select
        product_key,
        currency_code,
        order_date,
        net_amount - cancelled_amount - returned_amount as net_merchandise_value
    from {{ ref('fct_order_lines') }}

),

products as (

    select
        product_key,
        seller_id
    from {{ ref('dim_products') }}

),

by_seller as (

    select
        {{ start_of('month', 'order_lines.order_date') }} as month_start_date,
        order_lines.currency_code,
        products.seller_id,
        sum(order_lines.net_merchandise_value) as net_merchandise_value
    from order_lines
    inner join products
        on order_lines.product_key = products.product_key
    group by
        {{ start_of('month', 'order_lines.order_date') }},
        order_lines.currency_code,
        products.seller_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by month_start_date, currency_code
            order by net_merchandise_value desc, seller_id asc
        ) as seller_rank
    from by_seller
    -- what was all cancelled or brought back is no share of the market
    where seller_id is not null and net_merchandise_value > 0

),

shared as (

    select
        *,
        net_merchandise_value
        / sum(net_merchandise_value) over (partition by month_start_date, currency_code)
            as seller_share
    from ranked

),

concentrations as (

    select
        month_start_date,
        currency_code,
        count(*) as seller_count,
        -- shares are squared as percentages, so that one seller alone makes 10,000
        10000 * sum(seller_share * seller_share) as herfindahl_hirschman_index,
        sum(seller_share) filter (where seller_rank <= 10) as top_10_share
    from shared
    group by month_start_date, currency_code

),

totals as (

    select
        month_start_date,
        currency_code,
        coalesce(sum(net_merchandise_value) filter (where seller_id is not null), 0)
            as known_seller_value,
        coalesce(sum(net_merchandise_value) filter (where seller_id is null), 0)
            as unknown_seller_value
    from by_seller
    group by month_start_date, currency_code

),

final as (

    select
        totals.currency_code,
        coalesce(concentrations.seller_count, 0) as seller_count,
        totals.known_seller_value,
        totals.unknown_seller_value,
        concentrations.herfindahl_hirschman_index,
        concentrations.top_10_share,
        totals.month_start_date
    from totals
    left join concentrations
        on
            totals.month_start_date = concentrations.month_start_date
            and totals.currency_code = concentrations.currency_code

)

select * from final
