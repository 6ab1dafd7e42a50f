with

current_products as (

    select
        product_id,
        title,
        category
    from {{ ref('dim_products') }}
    where is_current

),

sold as (

    select
        product_id,
        currency_code,
        cast(count(*) as bigint) as line_count,
        cast(sum(quantity) as bigint) as quantity,
        sum(net_amount) as net_amount,
        -- of most products nothing is cancelled or returned, and a sum costs by the product
        coalesce(
            sum(cancelled_amount + returned_amount)
            filter (where cancelled_amount <> 0 or returned_amount <> 0),
            0
        ) as lost_amount
    from {{ ref('fct_order_lines') }}
    where
        order_date between {{ var_sql('start_date') }} and {{ var_sql('end_date') }}
        and product_id <> 'unknown'
    group by product_id, currency_code

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
