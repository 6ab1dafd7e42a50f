with

receipts as (

    select * from {{ ref('stg_stores__receipts') }}

),

receipt_lines as (

    select * from {{ ref('stg_stores__receipt_lines') }}
    where line_type = 'sale'

),

mail_lines as (

    select * from {{ ref('int_store_mails_deduplicated') }}

),

final as (

    select
        store_id,
        quantity,
        unit_price,
        discount_amount
    from receipt_lines

    union all

    select
        mail_lines.store_id,
        mail_lines.quantity,
        mail_lines.unit_price,
        mail_lines.discount_amount
    from mail_lines
    where not exists (
        select 1
        from receipts
        inner join receipt_lines
            on
                receipts.store_id = receipt_lines.store_id
                and receipts.receipt_id = receipt_lines.receipt_id
        where
            receipts.store_id = mail_lines.store_id
            and receipts.receipt_number = mail_lines.receipt_number
    )

)

select * from final
