-- every order has its invoice and, for what it lost, its credit notes, to the cent by line
with

order_lines as (

    select * from {{ ref('fct_order_lines') }}

),

invoices as (

    select * from {{ ref('fct_invoices') }}

),

ordered as (

    select
        order_key,
        sum(round(net_amount, 2)) + round(max(order_shipping_amount), 2) as charged_amount,
        sum(round(cancelled_amount + returned_amount, 2))
        + case
            when bool_and(is_cancelled) or bool_and(returned_quantity = quantity)
                then round(max(order_shipping_amount), 2)
            else 0
        end as credited_amount
    from order_lines
    group by order_key

),

documented as (

    select
        order_key,
        coalesce(sum(total_amount) filter (where document_reason = 'sale'), 0) as charged_amount,
        -coalesce(sum(total_amount) filter (where document_reason <> 'sale'), 0)
            as credited_amount
    from invoices
    group by order_key

),

final as (

    select
        ordered.*,
        documented.order_key as documented_order_key,
        documented.charged_amount as documented_charged_amount,
        documented.credited_amount as documented_credited_amount
    from ordered
    full join documented
        on ordered.order_key = documented.order_key
    where
        ordered.charged_amount is distinct from documented.charged_amount
        or ordered.credited_amount is distinct from documented.credited_amount

)

select * from final
