-- pairs bought together less often say nothing; no more pairs than anybody reads
{% set least_orders, most_pairs = 5, 200 %}

with

last_days as (

    select {{ last_day_of_all_sources(ref('rpt_source_horizons')) }} as last_complete_date

),

order_lines as (

    select
        order_lines.order_key,
        order_lines.product_key
    from {{ ref('fct_order_lines') }} as order_lines
    cross join last_days
    where
        not order_lines.is_cancelled
        and order_lines.order_date <= last_days.last_complete_date
        and order_lines.order_date > last_days.last_complete_date - interval '12 months'

),

products as (

    select
        product_key,
        category
    from {{ ref('dim_products') }}
    where category is not null

),

baskets as (

    select distinct
        order_lines.order_key,
        products.category
    from order_lines
    inner join products
        on order_lines.product_key = products.product_key

),

totals as (

    select count(distinct order_key) as order_count from baskets

),

categories as (

    select
        category,
        count(*) as order_count
    from baskets
    group by category

),

pairs as (

    select
        baskets.category,
        companions.category as other_category,
        count(*) as pair_order_count
    from baskets
    inner join baskets as companions
        on
            baskets.order_key = companions.order_key
            and baskets.category <> companions.category
    group by baskets.category, companions.category
    having count(*) >= {{ least_orders }}

),

final as (

    select
        pairs.category,
        pairs.other_category,
        totals.order_count,
        categories.order_count as category_order_count,
        companions.order_count as other_category_order_count,
        pairs.pair_order_count,
        cast(pairs.pair_order_count as numeric) / totals.order_count as support_share,
        cast(pairs.pair_order_count as numeric) / categories.order_count as confidence,
        cast(pairs.pair_order_count as numeric) * totals.order_count
        / (categories.order_count * companions.order_count) as lift
    from pairs
    inner join categories
        on pairs.category = categories.category
    inner join categories as companions
        on pairs.other_category = companions.category
    cross join totals
    order by pairs.pair_order_count desc, pairs.category asc, pairs.other_category asc
    limit {{ most_pairs }}

)

select * from final
