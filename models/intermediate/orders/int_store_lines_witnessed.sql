with

rung_up_lines as (

    select * from {{ ref('int_store_sales') }}

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
        from rung_up_lines
        where
            rung_up_lines.store_id = mail_lines.store_id
            and rung_up_lines.receipt_number = mail_lines.receipt_number
    )

)

select * from final
