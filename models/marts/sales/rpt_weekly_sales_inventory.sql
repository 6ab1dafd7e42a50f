with

-- of the channels that sell from stock, the one that is furthest behind
horizon as (

    select
        min(last_complete_date) as last_complete_date,
        cast(extract(isodow from min(last_complete_date)) as integer) as last_day_of_week
    from ({{ last_days_of_channels(ref('rpt_source_horizons')) }}) as last_days
    where channel <> 'marketplace'

),

order_lines as (

    select
        product_id,
        quantity,
        extract(isodow from order_date) <= (
            select horizon.last_day_of_week from horizon
        ) as is_so_far,
        {{ start_of('week', 'order_date') }} as week_start_date
    from {{ ref('fct_order_lines') }}
    -- what members sell each other never was in stock
    where not is_cancelled and channel <> 'marketplace'

),

stock_levels as (

    select * from {{ ref('fct_weekly_stock_levels') }}

),

current_products as (

    select
        product_id,
        category
    from {{ ref('dim_products') }}
    where is_current

),

sales as (

    select
        coalesce(current_products.category, 'Uncategorised') as category,
        order_lines.week_start_date,
        sum(order_lines.quantity) as sold_quantity,
        coalesce(sum(order_lines.quantity) filter (where order_lines.is_so_far), 0) as sold_so_far
    from order_lines
    left join current_products
        on order_lines.product_id = current_products.product_id
    group by coalesce(current_products.category, 'Uncategorised'), order_lines.week_start_date

),

known_weeks as (

    select
        category,
        week_start_date
    from sales

    union all

    select
        category,
        week_start_date
    from stock_levels
    -- a level is held for weeks to come: the report ends with the last week that sold anything
    where week_start_date <= (select max(sales.week_start_date) from sales)

),

spans as (

    select
        category,
        min(week_start_date) as first_week_start_date,
        max(max(week_start_date)) over () as last_week_start_date
    from known_weeks
    group by category

),

-- weeks without a sale are weeks, too
weeks as (

    select
        spans.category,
        cast(series.week_start as date) as week_start_date
    from spans
    cross join generate_series(
        cast(spans.first_week_start_date as timestamp),
        cast(spans.last_week_start_date as timestamp),
        interval '7 days'
    ) as series (week_start)

),

filled as (

    select
        weeks.category,
        weeks.week_start_date,
        coalesce(sales.sold_quantity, 0) as sold_quantity,
        coalesce(sales.sold_so_far, 0) as sold_so_far,
        coalesce(weeks.week_start_date + 6 <= horizon.last_complete_date, false) as is_complete,
        weeks.week_start_date <= horizon.last_complete_date as has_begun
    from weeks
    cross join horizon
    left join sales
        on
            weeks.category = sales.category
            and weeks.week_start_date = sales.week_start_date

),

-- a week that is not over is compared with as many days of the week before, and is in no average
compared as (

    select
        *,
        case when is_complete then sold_quantity else sold_so_far end as compared_quantity,
        case
            when is_complete then lag(sold_quantity) over weeks_before
            when has_begun then lag(sold_so_far) over weeks_before
        end as previous_week_quantity,
        avg(sold_quantity) filter (where is_complete) over last_4_weeks as average_weekly_quantity
    from filled
    window
        weeks_before as (partition by category order by week_start_date),
        last_4_weeks as (
            partition by category order by week_start_date rows between 3 preceding and current row
        )

),

final as (

    select
        compared.category,
        cast(extract(isoyear from compared.week_start_date) as integer) as iso_year,
        cast(extract(week from compared.week_start_date) as integer) as iso_week,
        cast(compared.sold_quantity as bigint) as sold_quantity,
        cast(compared.previous_week_quantity as bigint) as previous_week_quantity,
        stock_levels.stock_quantity,
        stock_levels.product_count as stocked_product_count,
        stock_levels.low_stock_product_count,
        cast(compared.compared_quantity as numeric)
        / nullif(compared.previous_week_quantity, 0) - 1 as change_to_previous_week,
        compared.average_weekly_quantity,
        stock_levels.stock_quantity
        / nullif(compared.average_weekly_quantity, 0) as weeks_of_supply,
        stock_levels.is_low_stock,
        compared.is_complete,
        compared.week_start_date
    from compared
    left join stock_levels
        on
            compared.category = stock_levels.category
            and compared.week_start_date = stock_levels.week_start_date

)

select * from final
