with

receipts as (

    select * from {{ ref('stg_stores__receipts') }}

),

receipt_lines as (

    select * from {{ ref('stg_stores__receipt_lines') }}

),

corrections as (

    select * from {{ ref('int_store_corrections') }}

),

corrected as (

    select
        store_id,
        receipt_line_id,
        bool_or(line_type = 'void') as is_voided,
        -- a return can itself be voided: then it never happened
        sum(quantity) filter (where line_type = 'return' and not is_voided) as returned_quantity,
        max(corrected_at) filter (where line_type = 'return' and not is_voided) as returned_at
    from corrections
    where problem is null
    group by store_id, receipt_line_id

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
        corrected.returned_at,
        coalesce(receipts.extracted_at, receipt_lines.extracted_at) as reported_at
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
