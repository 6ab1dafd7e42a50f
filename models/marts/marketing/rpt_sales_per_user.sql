with

customers as (

    select * from {{ ref('dim_customers') }}
    where not is_unknown

),

aggregated as (

    select
        customer_key,
        cast(count(*) as bigint) as line_count,
        count(*) filter (where reporting_net_amount is null) as unconverted_line_count,
        cast(sum(quantity) as bigint) as quantity,
        sum(reporting_net_amount) as net_amount,
        sum(reporting_net_merchandise_value) as net_merchandise_value,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date
    from {{ ref('fct_order_lines') }}
    where
        order_date between {{ var_sql('start_date') }} and {{ var_sql('end_date') }}
        and customer_key <> {{ unknown_member_key() }}
    group by customer_key

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
