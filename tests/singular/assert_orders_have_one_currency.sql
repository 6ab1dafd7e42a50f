-- fct_orders adds up the amounts of an order, which takes one currency
with

order_lines as (

    select * from {{ ref('fct_order_lines') }}

),

final as (

    select order_key
    from order_lines
    group by order_key
    having min(currency_code) <> max(currency_code)

)

select * from final
