with

customers as (

    select * from {{ ref('dim_customers') }}
    where not is_unknown

),

customer_sales as (

    select * from {{ ref('int_customer_sales_summed') }}

),

aggregated as (

    select
        customer_key,
        line_count,
        unconverted_line_count,
        quantity,
        net_amount,
        net_merchandise_value,
        first_order_date,
        last_order_date
    from customer_sales
    where
        first_order_date >= {{ var_sql('start_date') }}
        and last_order_date <= {{ var_sql('end_date') }}

    union all

    -- who bought outside of the period, too
    select
        order_lines.customer_key,
        cast(count(*) as bigint) as line_count,
        count(*) filter (where order_lines.reporting_net_amount is null) as unconverted_line_count,
        cast(sum(order_lines.quantity) as bigint) as quantity,
        sum(order_lines.reporting_net_amount) as net_amount,
        sum(order_lines.reporting_net_merchandise_value) as net_merchandise_value,
        min(order_lines.order_date) as first_order_date,
        max(order_lines.order_date) as last_order_date
    from customer_sales
    inner join {{ ref('fct_order_lines') }} as order_lines
        on customer_sales.customer_key = order_lines.customer_key
    where
        (
            customer_sales.first_order_date < {{ var_sql('start_date') }}
            or customer_sales.last_order_date > {{ var_sql('end_date') }}
        )
        and order_lines.order_date between {{ var_sql('start_date') }} and {{ var_sql('end_date') }}
    group by order_lines.customer_key

),

ranked as (

    select
        customers.customer_key,
        customers.country_code,
        {{ reporting_currency() }} as currency_code,
        cast(row_number() over (
            order by aggregated.net_merchandise_value desc nulls last, customers.customer_key asc
        ) as integer) as sales_rank,
        aggregated.line_count,
        aggregated.unconverted_line_count,
        aggregated.quantity,
        aggregated.net_amount,
        aggregated.net_merchandise_value,
        aggregated.first_order_date,
        aggregated.last_order_date
    from aggregated
    inner join customers on aggregated.customer_key = customers.customer_key

),

final as (

    select * from ranked
    where sales_rank <= {{ var_sql('top_n') }}

)

select * from final
