-- the customer is none where nobody is known; what is asked for as none is not filtered by
with

chosen as (

    select *
    from marts.fct_orders
    where
        order_date between %(first_date)s and %(last_date)s
        and (cast(%(currency)s as text) is null or currency_code = %(currency)s)
        and (cast(%(channels)s as text[]) is null or channel = any(%(channels)s))
        and (
            num_nonnulls(
                cast(%(product_id)s as text), cast(%(product_ids)s as text[]),
                cast(%(category)s as text), cast(%(piece)s as text)
            ) = 0
            or order_key in (
                select sold.order_key
                from marts.fct_order_lines as sold
                left join marts.dim_products as products
                    on sold.product_id = products.product_id and products.is_current
                where
                    coalesce(sold.product_id = cast(%(product_id)s as text), true)
                    and coalesce(sold.product_id = any(cast(%(product_ids)s as text[])), true)
                    and (
                        cast(%(category)s as text) is null
                        or coalesce(products.category, 'Uncategorised') = %(category)s
                    )
                    and (
                        cast(%(piece)s as text) is null
                        or products.canonical_product_id = %(piece)s
                    )
                    and sold.order_date between %(first_date)s and %(last_date)s
            )
        )
    order by ordered_at desc, order_key asc
    limit 200

)

select
    cast(chosen.order_key as text) as order_key,
    chosen.order_id,
    chosen.order_date,
    chosen.channel,
    cast(customers.customer_key as text) as customer_key,
    chosen.quantity,
    chosen.net_merchandise_value,
    chosen.currency_code,
    chosen.is_cancelled,
    chosen.has_returns
from chosen
left join marts.customer_360 as customers
    on chosen.customer_key = customers.customer_key
order by chosen.ordered_at desc, chosen.order_key asc
