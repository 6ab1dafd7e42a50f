with

listings as (

    select
        *,
        {{ local_date('delisted_at') }} as delisted_date
    from {{ ref('fct_listing_lifecycle') }}

),

counts as (

    select * from {{ ref('fct_stock_counts') }}

),

-- the shop's shelf is told as it stands; what others did not count for four weeks is not known
places as (

    select
        product_id,
        max(quantity) > 1 as has_several,
        case
            when
                source_system = 'shop'
                or max(counted_date) > max(max(counted_date)) over (partition by source_system) - 28
                then {{ first_of('quantity', 'counted_at desc') }}
        end as stock_quantity
    from counts
    group by source_system, location_code, product_id

),

stocks as (

    select
        product_id,
        bool_or(has_several) as has_several,
        sum(stock_quantity) as stock_quantity
    from places
    group by product_id

),

pieces as (

    select
        listings.canonical_product_id,
        count(*) as listing_count,
        coalesce(bool_or(stocks.has_several), false) as is_stock_article,
        cast(sum(listings.sold_quantity) as bigint) as sold_quantity,
        cast(sum(stocks.stock_quantity) as bigint) as stock_quantity,
        case when count(listings.listed_date) = count(*) then min(listings.listed_date) end
            as listed_date,
        min(listings.first_sold_date) as first_sold_date,
        min(listings.first_dropped_date) as first_dropped_date,
        min(listings.last_known_date) as last_known_date,
        -- on offer for as long as any of its listings is
        case when count(listings.delisted_date) = count(*) then max(listings.delisted_date) end
            as delisted_date
    from listings
    left join stocks on listings.product_id = stocks.product_id
    group by listings.canonical_product_id

),

described as (

    select
        pieces.*,
        listings.product_key,
        listings.category,
        listings.brand,
        pieces.first_sold_date is not null as is_sold,
        pieces.listed_date is not null and not pieces.is_stock_article as is_counted,
        pieces.first_sold_date - pieces.listed_date as days_to_sell,
        coalesce(pieces.first_sold_date, least(pieces.last_known_date, pieces.delisted_date))
        - pieces.listed_date as watched_days
    from pieces
    inner join listings on pieces.canonical_product_id = listings.product_id

),

final as (

    select
        canonical_product_id,
        product_key,
        category,
        brand,
        listing_count,
        sold_quantity,
        stock_quantity,
        -- no source tells what came in: it was sold, or is still there
        case when is_stock_article then sold_quantity + stock_quantity end as received_quantity,
        days_to_sell,
        case when listed_date is not null then greatest(watched_days, 0) end as observed_days,
        is_sold,
        is_stock_article,
        is_counted,
        {% for days in [7, 30, 90] %}
        case
            -- sold or not: to know early sales only would take each open window for a sold one
            when last_known_date < listed_date + {{ days }} then null
            when is_sold then days_to_sell <= {{ days }}
            when delisted_date < listed_date + {{ days }} then null
            when last_known_date >= listed_date + {{ days }} then false
        end as is_sold_within_{{ days }}_days,
        {% endfor %}
        listed_date,
        first_sold_date,
        first_dropped_date,
        delisted_date,
        last_known_date
    from described

)

select * from final
