with

order_lines as (

    select
        product_id,
        quantity,
        cast(date_trunc('week', order_date) as date) as week_start_date
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
        sum(order_lines.quantity) as sold_quantity
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
    cross join lateral generate_series(
        cast(spans.first_week_start_date as timestamp),
        cast(spans.last_week_start_date as timestamp),
        interval '7 days'
    ) as series (week_start)

),

averaged as (

    select
        weeks.category,
        weeks.week_start_date,
        coalesce(sales.sold_quantity, 0) as sold_quantity,
        avg(coalesce(sales.sold_quantity, 0)) over (
            partition by weeks.category
            order by weeks.week_start_date
            rows between 3 preceding and current row
        ) as average_weekly_quantity
    from weeks
    left join sales
        on
            weeks.category = sales.category
            and weeks.week_start_date = sales.week_start_date

),

final as (

    select
        averaged.category,
        cast(extract(isoyear from averaged.week_start_date) as integer) as iso_year,
        cast(extract(week from averaged.week_start_date) as integer) as iso_week,
        cast(averaged.sold_quantity as bigint) as sold_quantity,
        stock_levels.stock_quantity,
        stock_levels.product_count as stocked_product_count,
        stock_levels.low_stock_product_count,
        averaged.average_weekly_quantity,
        stock_levels.stock_quantity / nullif(averaged.average_weekly_quantity, 0)
            as weeks_of_supply,
        stock_levels.is_low_stock,
        averaged.week_start_date
    from averaged
    left join stock_levels
        on
            averaged.category = stock_levels.category
            and averaged.week_start_date = stock_levels.week_start_date

)

select * from final
