with

horizon as (

    select {{ first_open_date(ref('rpt_source_horizons'), ref('fct_order_lines')) }} as open_from

),

-- the 12 whole months before the first day that some source does not reach
months as (

    select
        cast({{ start_of('month', 'open_from') }} - interval '12 months' as date) as first_date,
        {{ start_of('month', 'open_from') }} - 1 as last_date
    from horizon

),

order_lines as (

    select
        product_key,
        currency_code,
        net_amount,
        net_amount - cancelled_amount - returned_amount as net_merchandise_value
    from {{ ref('fct_order_lines') }}
    -- by subqueries, so that the index of the day finds them
    where
        order_date >= (select months.first_date from months)
        and order_date <= (select months.last_date from months)

),

products as (

    select
        product_key,
        seller_id
    from {{ ref('dim_products') }}

),

by_seller as (

    select
        months.first_date,
        months.last_date,
        order_lines.currency_code,
        products.seller_id,
        sum(order_lines.net_amount) as gross_merchandise_value,
        sum(order_lines.net_merchandise_value) as net_merchandise_value
    from order_lines
    cross join months
    inner join products
        on order_lines.product_key = products.product_key
    group by months.first_date, months.last_date, order_lines.currency_code, products.seller_id

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
        known_value / sum(known_value) over by_currency as seller_share,
        row_number() over (
            by_currency order by known_value desc nulls last, seller_id asc
        ) as seller_rank
    from known
    window by_currency as (partition by currency_code)

),

final as (

    select
        currency_code,
        count(known_value) as seller_count,
        coalesce(sum(net_merchandise_value) filter (where seller_id is not null), 0)
            as known_seller_value,
        coalesce(sum(net_merchandise_value) filter (where seller_id is null), 0)
            as unknown_seller_value,
        coalesce(sum(gross_merchandise_value) filter (where seller_id is null), 0)
        / nullif(sum(gross_merchandise_value), 0) as unknown_seller_share,
        -- shares are squared as percentages, so that one seller alone makes 10,000
        10000 * sum(seller_share * seller_share) as herfindahl_hirschman_index,
        sum(seller_share) filter (where seller_rank <= 10) as top_10_share,
        first_date,
        last_date
    from shared
    group by currency_code, first_date, last_date

)

select * from final
