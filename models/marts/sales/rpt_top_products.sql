with

current_products as (

    select
        product_id,
        title,
        category
    from {{ ref('dim_products') }}
    where is_current

),

product_sales as (

    select * from {{ ref('int_product_sales_summed') }}

),

sold as (

    select
        product_id,
        currency_code,
        line_count,
        quantity,
        net_amount,
        lost_amount
    from product_sales
    where
        first_order_date >= {{ var_sql('start_date') }}
        and last_order_date <= {{ var_sql('end_date') }}

    union all

    -- what was sold outside of the period, too
    select
        order_lines.product_id,
        order_lines.currency_code,
        cast(count(*) as bigint) as line_count,
        cast(sum(order_lines.quantity) as bigint) as quantity,
        sum(order_lines.net_amount) as net_amount,
        sum(order_lines.cancelled_amount + order_lines.returned_amount) as lost_amount
    from product_sales
    inner join {{ ref('fct_order_lines') }} as order_lines
        on
            product_sales.product_id = order_lines.product_id
            and product_sales.currency_code = order_lines.currency_code
    where
        (
            product_sales.first_order_date < {{ var_sql('start_date') }}
            or product_sales.last_order_date > {{ var_sql('end_date') }}
        )
        and order_lines.order_date between {{ var_sql('start_date') }} and {{ var_sql('end_date') }}
    group by order_lines.product_id, order_lines.currency_code

),

ranked as (

    select
        product_id,
        currency_code,
        cast(row_number() over (
            partition by currency_code
            order by net_amount - lost_amount desc, quantity desc, product_id asc
        ) as integer) as sales_rank,
        line_count,
        quantity,
        net_amount,
        net_amount - lost_amount as net_merchandise_value
    from sold

),

final as (

    select
        ranked.product_id,
        coalesce(current_products.title, 'Unknown product') as title,
        current_products.category,
        ranked.currency_code,
        ranked.sales_rank,
        ranked.line_count,
        ranked.quantity,
        ranked.net_amount,
        ranked.net_merchandise_value
    from ranked
    left join current_products
        on ranked.product_id = current_products.product_id
    where ranked.sales_rank <= {{ var_sql('top_n') }}

)

select * from final
