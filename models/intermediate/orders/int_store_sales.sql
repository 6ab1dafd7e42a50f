with

receipts as (

    select * from {{ ref('stg_stores__receipts') }}

),

receipt_lines as (

    select * from {{ ref('stg_stores__receipt_lines') }}

),

corrected as (

    select
        correcting_lines.store_id,
        correcting_lines.returned_receipt_line_id as receipt_line_id,
        bool_or(correcting_lines.line_type = 'void') as is_voided,
        sum(correcting_lines.quantity) filter (
            where correcting_lines.line_type = 'return' and void_lines.receipt_line_id is null
        ) as returned_quantity,
        max(receipts.sold_at) filter (
            where correcting_lines.line_type = 'return' and void_lines.receipt_line_id is null
        ) as returned_at
    from receipt_lines as correcting_lines
    -- a return can itself be voided: then it never happened
    left join receipt_lines as void_lines
        on
            correcting_lines.store_id = void_lines.store_id
            and correcting_lines.receipt_line_id = void_lines.returned_receipt_line_id
            and void_lines.line_type = 'void'
    left join receipts
        on
            correcting_lines.store_id = receipts.store_id
            and correcting_lines.receipt_id = receipts.receipt_id
    where
        correcting_lines.line_type in ('return', 'void')
        and correcting_lines.returned_receipt_line_id is not null
    group by correcting_lines.store_id, correcting_lines.returned_receipt_line_id

),

final as (

    select
        receipt_lines.store_id,
        receipt_lines.receipt_id,
        receipt_lines.receipt_line_id,
        receipts.receipt_number,
        receipts.email,
        receipts.phone,
        receipts.payment_method,
        receipts.currency_code,
        receipt_lines.sku,
        receipt_lines.quantity,
        least(coalesce(corrected.returned_quantity, 0), receipt_lines.quantity)
            as returned_quantity,
        receipt_lines.unit_price,
        receipt_lines.discount_amount,
        coalesce(corrected.is_voided, false) as is_voided,
        receipts.receipt_id is null as is_receipt_missing,
        coalesce(receipts.sold_at, receipt_lines.extracted_at) as sold_at,
        corrected.returned_at
    from receipt_lines
    left join receipts
        on
            receipt_lines.store_id = receipts.store_id
            and receipt_lines.receipt_id = receipts.receipt_id
    left join corrected
        on
            receipt_lines.store_id = corrected.store_id
            and receipt_lines.receipt_line_id = corrected.receipt_line_id
    where receipt_lines.line_type = 'sale'

)

select * from final
