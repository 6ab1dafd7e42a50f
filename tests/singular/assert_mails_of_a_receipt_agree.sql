{{ config(severity='warn') }}
-- a store may correct a mail, and the first one counts: somebody should look at the receipt

with

mails as (

    select
        store_id,
        receipt_number,
        message_id,
        array_agg(
            row(line_number, sku, currency_code, quantity, unit_price, discount_amount)
            order by line_number
        ) as told_lines
    from {{ ref('stg_store_mail__order_confirmations') }}
    where quantity is not null
    group by store_id, receipt_number, message_id

),

final as (

    select
        store_id,
        receipt_number,
        count(*) as mail_count
    from mails
    group by store_id, receipt_number
    having min(cast(told_lines as text)) <> max(cast(told_lines as text))

)

select * from final
