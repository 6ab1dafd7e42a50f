with

listings as (

    select
        *,
        {{ utc_date('delisted_at') }} as delisted_date,
        {{ utc_date('first_dropped_at') }} as first_dropped_date
    from {{ ref('fct_listing_lifecycle') }}

),

stocked as (

    select distinct product_id
    from {{ ref('fct_stock_counts') }}
    where quantity > 1

),

pieces as (

    select
        listings.canonical_product_id,
        count(*) as listing_count,
        bool_or(stocked.product_id is not null) as is_stock_article,
        min(listings.listed_date) as listed_date,
        min(listings.first_sold_date) as first_sold_date,
        min(listings.first_dropped_date) as first_dropped_date,
        min(listings.last_known_date) as last_known_date,
        -- on offer for as long as any of its listings is
        case
            when count(listings.delisted_date) = count(*) then max(listings.delisted_date)
        end as delisted_date
    from listings
    left join stocked
        on listings.product_id = stocked.product_id
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
        case
            when pieces.first_sold_date is not null
                then pieces.first_sold_date - pieces.listed_date
            when pieces.listed_date is not null
                then greatest(
                    least(pieces.last_known_date, pieces.delisted_date) - pieces.listed_date, 0
                )
        end as observed_days
    from pieces
    inner join listings
        on pieces.canonical_product_id = listings.product_id

),

final as (

    select
        canonical_product_id,
        product_key,
        category,
        brand,
        listing_count,
        days_to_sell,
        observed_days,
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
