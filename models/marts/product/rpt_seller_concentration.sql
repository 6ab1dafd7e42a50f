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

known as (

    select
        *,
        -- what was all cancelled or brought back is no share of the market
        case
            when seller_id is not null and net_merchandise_value > 0 then net_merchandise_value
        end as known_value
    from by_seller

),

shared as (

    select
        *,
        known_value / sum(known_value) over by_month as seller_share,
        row_number() over (
            by_month order by known_value desc nulls last, seller_id asc
        ) as seller_rank
    from known
    window by_month as (partition by month_start_date, currency_code)

),

final as (

    select
        currency_code,
        count(known_value) as seller_count,
        coalesce(sum(net_merchandise_value) filter (where seller_id is not null), 0)
            as known_seller_value,
        coalesce(sum(net_merchandise_value) filter (where seller_id is null), 0)
            as unknown_seller_value,
        -- shares are squared as percentages, so that one seller alone makes 10,000
        10000 * sum(seller_share * seller_share) as herfindahl_hirschman_index,
        sum(seller_share) filter (where seller_rank <= 10) as top_10_share,
        month_start_date
    from shared
    group by month_start_date, currency_code

)

select * from final
