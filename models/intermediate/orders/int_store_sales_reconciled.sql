with

-- kept apart, these would be read by one core only, and all other lines that they are put to
till_lines as not materialized (

    select * from {{ ref('int_store_sales') }}

),

mail_lines as not materialized (

    select * from {{ ref('int_store_mails_deduplicated') }}

),

till_receipts as (

    select distinct
        store_id,
        receipt_number
    from till_lines
    where receipt_number is not null

),

mail_receipts as (

    select distinct
        store_id,
        receipt_number
    from mail_lines

),

final as (

    select
        till_lines.store_id,
        till_lines.receipt_number,
        concat_ws('-', till_lines.store_id, till_lines.receipt_id) as order_id,
        concat_ws('-', till_lines.store_id, till_lines.receipt_line_id) as order_line_id,
        case when mail_receipts.receipt_number is null then 'till' else 'both' end as witness,
        till_lines.email,
        till_lines.phone,
        till_lines.payment_method,
        till_lines.currency_code,
        till_lines.sku,
        till_lines.quantity,
        till_lines.returned_quantity,
        till_lines.unit_price,
        till_lines.discount_amount,
        till_lines.return_moves,
        till_lines.is_voided,
        till_lines.is_receipt_missing,
        till_lines.sold_at,
        till_lines.cancelled_at,
        till_lines.returned_at,
        till_lines.reported_at
    from till_lines
    left join mail_receipts
        on
            till_lines.store_id = mail_receipts.store_id
            and till_lines.receipt_number = mail_receipts.receipt_number

    union all

    select
        mail_lines.store_id,
        mail_lines.receipt_number,
        concat_ws('-', mail_lines.store_id, 'mail', mail_lines.receipt_number) as order_id,
        concat_ws(
            '-', mail_lines.store_id, 'mail', mail_lines.receipt_number, mail_lines.line_number
        ) as order_line_id,
        'mail' as witness,
        mail_lines.email,
        cast(null as text) as phone,
        cast(null as text) as payment_method,
        mail_lines.currency_code,
        mail_lines.sku,
        mail_lines.quantity,
        0 as returned_quantity,
        mail_lines.unit_price,
        mail_lines.discount_amount,
        cast(null as jsonb) as return_moves,
        false as is_voided,
        false as is_receipt_missing,
        mail_lines.sold_at,
        cast(null as timestamptz) as cancelled_at,
        cast(null as timestamptz) as returned_at,
        mail_lines.reported_at
    from mail_lines
    left join till_receipts
        on
            mail_lines.store_id = till_receipts.store_id
            and mail_lines.receipt_number = till_receipts.receipt_number
    where till_receipts.receipt_number is null

)

select * from final
