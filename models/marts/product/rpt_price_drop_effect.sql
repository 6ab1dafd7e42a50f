with

pieces as (

    select
        canonical_product_id,
        coalesce(category, 'Uncategorised') as category,
        listed_date,
        first_sold_date - listed_date as sold_age,
        first_dropped_date - listed_date as first_dropped_age,
        -- the first age at which it is no longer on offer, or at which 14 days are not over
        least(
            first_sold_date - listed_date + 1, delisted_date - listed_date,
            last_known_date - 13 - listed_date
        ) as watched_until_age
    from {{ ref('fct_piece_lifecycle') }}
    where is_counted and last_known_date is not null

),

-- a piece with two listings whose prices drop on one day has one drop
price_drops as (

    select
        canonical_product_id,
        {{ utc_date('dropped_at') }} as dropped_date,
        max(drop_amount / nullif(price_before, 0)) as drop_share
    from {{ ref('fct_price_drops') }}
    group by canonical_product_id, {{ utc_date('dropped_at') }}

),

dropped as (

    select
        pieces.category,
        price_drops.dropped_date - pieces.listed_date as age,
        price_drops.drop_share,
        coalesce(pieces.sold_age < price_drops.dropped_date - pieces.listed_date + 14, false)
            as is_sold_after
    from price_drops
    inner join pieces
        on
            price_drops.canonical_product_id = pieces.canonical_product_id
            and price_drops.dropped_date - pieces.listed_date >= 0
            and price_drops.dropped_date - pieces.listed_date < pieces.watched_until_age

),

-- until their first drop, all are what the dropped ones are compared with
undropped as (

    select
        category,
        least(watched_until_age, first_dropped_age) as until_age,
        -- the first age from which it sells within 14 days
        greatest(coalesce(sold_age - 13, watched_until_age), 0) as selling_from_age
    from pieces
    where least(watched_until_age, first_dropped_age) > 0

),

-- by age, how many come to be watched and end, and of these how many sell in the next 14 days
changes as (

    select
        undropped.category,
        steps.age,
        steps.watched,
        steps.selling
    from undropped
    cross join
        lateral (
            values
            (0, 1, 0),
            (least(undropped.selling_from_age, undropped.until_age), 0, 1),
            (undropped.until_age, -1, -1)
        ) as steps (age, watched, selling)
    union all
    -- so that there is a row for each age that is asked for
    select
        category,
        age,
        0 as watched,
        0 as selling
    from dropped

),

ages as (

    select
        category,
        age,
        sum(sum(watched)) over until_age as watched_count,
        sum(sum(selling)) over until_age as selling_count
    from changes
    group by category, age
    window until_age as (partition by category order by age)

),

final as (

    select
        dropped.category,
        case
            when dropped.drop_share < 0.05 then 'below 5 %'
            when dropped.drop_share < 0.10 then '5 to 10 %'
            when dropped.drop_share < 0.20 then '10 to 20 %'
            else '20 % and more'
        end as drop_band,
        count(*) as drop_count,
        count(*) filter (where dropped.is_sold_after) as sold_after_count,
        -- those with somebody to be compared with
        count(nullif(ages.watched_count, 0)) as compared_count,
        avg(dropped.drop_share) as average_drop_share,
        avg(cast(dropped.is_sold_after as integer)) as sold_after_share,
        avg(ages.selling_count / nullif(ages.watched_count, 0)) as undropped_sold_share,
        avg(
            cast(dropped.is_sold_after as integer)
            - ages.selling_count / nullif(ages.watched_count, 0)
        ) as sold_share_difference
    from dropped
    inner join ages on dropped.category = ages.category and dropped.age = ages.age
    group by dropped.category, drop_band

)

select * from final
