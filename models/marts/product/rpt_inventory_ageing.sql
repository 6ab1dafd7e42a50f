{% set bands = [(0, 30), (31, 60), (61, 90), (91, 180)] %}

with

products as (

    select
        product_id,
        canonical_product_id,
        source_system
    from {{ ref('dim_products') }}
    where is_current

),

available_listings as (

    select * from {{ ref('search_current_listings') }}
    where listing_status = 'available'

),

shelf as (

    select
        product_id,
        quantity
    from {{ ref('fct_stock_counts') }}
    where source_system = 'shop'

),

offers as (

    select
        coalesce(available_listings.category, 'Uncategorised') as category,
        available_listings.currency_code,
        available_listings.price,
        -- an item is a piece of its own unless the shelf, or a listing before, has it already
        coalesce(
            shelf.quantity,
            cast(
                row_number() over (
                    partition by products.canonical_product_id
                    order by
                        shelf.quantity asc nulls last,
                        available_listings.listed_date asc nulls last,
                        products.product_id asc
                ) = 1 as integer
            )
        ) as piece_count,
        {{ last_known_date('products.source_system', ref('rpt_source_horizons')) }}
        - available_listings.listed_date as age_days
    from available_listings
    inner join products
        on available_listings.product_id = products.product_id
    left join shelf
        on available_listings.product_id = shelf.product_id

),

banded as (

    select
        *,
        case
            when age_days is null then 'unknown'
            {%- for first, last in bands %}
            when age_days <= {{ last }} then '{{ first }} to {{ last }} days'
            {%- endfor %}
            else 'over {{ bands[-1][1] }} days'
        end as age_band
    from offers
    where piece_count > 0

),

final as (

    select
        category,
        currency_code,
        age_band,
        count(*) as listing_count,
        cast(sum(piece_count) as bigint) as piece_count,
        cast(coalesce(sum(piece_count) filter (where price is null), 0) as bigint)
            as unpriced_piece_count,
        coalesce(sum(piece_count * price), 0) as list_value
    from banded
    group by category, currency_code, age_band

)

select * from final
