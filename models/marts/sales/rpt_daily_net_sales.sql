with

invoices as (

    select * from {{ ref('fct_invoices') }}

),

final as (

    select
        channel,
        currency_code,
        coalesce(sum(goods_amount) filter (where document_reason = 'sale'), 0)
            as gross_sales_amount,
        coalesce(-sum(discount_amount) filter (where document_reason = 'sale'), 0)
            as discount_amount,
        coalesce(
            -sum(goods_amount + discount_amount) filter (where document_reason = 'cancellation'), 0
        ) as cancelled_amount,
        coalesce(
            -sum(goods_amount + discount_amount)
            filter (where document_reason in ('return', 'voided_return')),
            0
        ) as returned_amount,
        sum(goods_amount + discount_amount) as net_sales_amount,
        sum(shipping_amount) as shipping_amount,
        document_date
    from invoices
    group by document_date, channel, currency_code

)

select * from final
