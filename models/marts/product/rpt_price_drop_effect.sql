with

price_drops as (

    select
        *,
        drop_amount / nullif(price_before, 0) as drop_share
    from {{ ref('fct_price_drops') }}
    where is_observed

),

banded as (

    select
        *,
        coalesce(category, 'Uncategorised') as category_name,
        case
            when drop_share < 0.05 then 'below 5 %'
            when drop_share < 0.10 then '5 to 10 %'
            when drop_share < 0.20 then '10 to 20 %'
            else '20 % and more'
        end as drop_band
    from price_drops

),

final as (

    select
        category_name as category,
        drop_band,
        count(*) as drop_count,
        count(*) filter (where is_sold_after) as sold_after_count,
        cast(sum(quantity_before) as bigint) as quantity_before,
        cast(sum(quantity_after) as bigint) as quantity_after,
        avg(drop_share) as average_drop_share,
        cast(count(*) filter (where is_sold_after) as numeric) / count(*) as sold_after_share,
        sum(quantity_after) / nullif(sum(quantity_before), 0) as quantity_ratio
    from banded
    group by category_name, drop_band

)

select * from final
