with

order_lines as (

    select
        product_id,
        quantity,
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
    cross join generate_series(
        cast(spans.first_week_start_date as timestamp),
        cast(spans.last_week_start_date as timestamp),
        interval '7 days'
    ) as series (week_start)

),

final as (

    select
        weeks.category,
        cast(extract(isoyear from weeks.week_start_date) as integer) as iso_year,
        cast(extract(week from weeks.week_start_date) as integer) as iso_week,
        cast(coalesce(sales.sold_quantity, 0) as bigint) as sold_quantity,
        stock_levels.stock_quantity,
        stock_levels.product_count as stocked_product_count,
        stock_levels.low_stock_product_count,
        avg(coalesce(sales.sold_quantity, 0)) over last_4_weeks as average_weekly_quantity,
        stock_levels.stock_quantity
        / nullif(avg(coalesce(sales.sold_quantity, 0)) over last_4_weeks, 0) as weeks_of_supply,
        stock_levels.is_low_stock,
        weeks.week_start_date
    from weeks
    left join sales
        on
            weeks.category = sales.category
            and weeks.week_start_date = sales.week_start_date
    left join stock_levels
        on
            weeks.category = stock_levels.category
            and weeks.week_start_date = stock_levels.week_start_date
    window last_4_weeks as (
        partition by weeks.category
        order by weeks.week_start_date
        rows between 3 preceding and current row
    )

)

select * from final
