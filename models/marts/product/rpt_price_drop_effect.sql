with

price_drops as (

    select * from {{ ref('fct_price_drops') }}

),

listings as (

    select * from {{ ref('fct_listing_lifecycle') }}

),

order_lines as (

    select
        product_id,
        order_date
    from {{ ref('fct_order_lines') }}
    -- what all came back is on offer again
    where not is_cancelled and returned_quantity < quantity

),

pieces as (

    select
        *,
        coalesce(category, 'Uncategorised') as category_name,
        -- the first age at which it is no longer on offer, or at which 14 days are not over
        least(
            case when not is_stock_article then first_sold_date - listed_date + 1 end,
            delisted_date - listed_date,
            last_known_date - 13 - listed_date
        ) as until_age
    from {{ ref('fct_piece_lifecycle') }}
    where listed_date is not null and last_known_date is not null

),

sales as (

    select
        pieces.canonical_product_id,
        order_lines.order_date - pieces.listed_date as sold_age,
        lag(order_lines.order_date - pieces.listed_date) over (
            partition by pieces.canonical_product_id
            order by order_lines.order_date
        ) as sold_age_before
    from pieces
    inner join listings on pieces.canonical_product_id = listings.canonical_product_id
    inner join order_lines
        on
            listings.product_id = order_lines.product_id
            and listings.listed_date <= order_lines.order_date
    group by pieces.canonical_product_id, pieces.listed_date, order_lines.order_date

),

-- a piece with two listings whose prices drop on one day has one drop
dropped as (

    select
        pieces.canonical_product_id,
        pieces.category_name as category,
        price_drops.dropped_date - pieces.listed_date as age,
        max(price_drops.drop_amount / nullif(price_drops.price_before, 0)) as drop_share
    from price_drops
    inner join pieces
        on
            price_drops.canonical_product_id = pieces.canonical_product_id
            and price_drops.dropped_date >= pieces.listed_date
            and price_drops.dropped_date < pieces.listed_date + pieces.until_age
    group by pieces.canonical_product_id, pieces.category_name, age

),

-- what is compared with it: pieces on offer, until they drop, and when these sell within 14 days
spans as (

    select
        category_name as category,
        0 as from_age,
        least(until_age, first_dropped_date - listed_date) as until_age,
        1 as watched,
        0 as selling
    from pieces
    union all
    select
        pieces.category_name as category,
        greatest(sales.sold_age - 13, sales.sold_age_before + 1, 0) as from_age,
        least(
            sales.sold_age + 1, pieces.until_age, pieces.first_dropped_date - pieces.listed_date
        ) as until_age,
        0 as watched,
        1 as selling
    from pieces
    inner join sales on pieces.canonical_product_id = sales.canonical_product_id
    union all
    -- so that there is a row for each age that is asked for
    select
        category,
        age as from_age,
        age + 1 as until_age,
        0 as watched,
        0 as selling
    from dropped

),

ages as (

    select
        spans.category,
        steps.age,
        sum(sum(steps.direction * spans.watched)) over until_age as watched_count,
        sum(sum(steps.direction * spans.selling)) over until_age as selling_count
    from spans
    cross join
        lateral (values (spans.from_age, 1), (spans.until_age, -1)) as steps (age, direction)
    where spans.from_age < spans.until_age
    group by spans.category, steps.age
    window until_age as (partition by spans.category order by steps.age)

),

compared as (

    select
        dropped.category,
        case
            when dropped.drop_share < 0.05 then 'below 5 %'
            when dropped.drop_share < 0.10 then '5 to 10 %'
            when dropped.drop_share < 0.20 then '10 to 20 %'
            else '20 % and more'
        end as drop_band,
        dropped.drop_share,
        ages.selling_count / nullif(ages.watched_count, 0) as undropped_sold_share,
        cast(exists (
            select 1 from sales
            where
                dropped.canonical_product_id = sales.canonical_product_id
                and sales.sold_age between dropped.age and dropped.age + 13
        ) as integer) as is_sold_after
    from dropped
    inner join ages on dropped.category = ages.category and dropped.age = ages.age

),

final as (

    select
        category,
        drop_band,
        count(*) as drop_count,
        sum(is_sold_after) as sold_after_count,
        -- those with somebody to be compared with
        count(undropped_sold_share) as compared_count,
        avg(drop_share) as average_drop_share,
        avg(is_sold_after) as sold_after_share,
        avg(undropped_sold_share) as undropped_sold_share,
        avg(is_sold_after - undropped_sold_share) as sold_share_difference
    from compared
    group by category, drop_band

)

select * from final
