{{ config(unique_key='customer_key') }}

with

order_lines as (

    select * from {{ ref('fct_order_lines') }}
    where
        customer_key <> {{ unknown_member_key() }}
        and {{ is_touched('customer_key', but_not=unknown_member_key()) }}

),

final as (

    select
        customer_key,
        cast(count(*) as bigint) as line_count,
        count(*) filter (where reporting_net_amount is null) as unconverted_line_count,
        cast(sum(quantity) as bigint) as quantity,
        sum(reporting_net_amount) as net_amount,
        sum(reporting_net_merchandise_value) as net_merchandise_value,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        {{ touched_until() }} as built_at
    from order_lines
    group by customer_key

)

select * from final
