with

receipts as (

    select * from {{ ref('stg_stores__receipts') }}

),

receipt_lines as (

    select * from {{ ref('stg_stores__receipt_lines') }}

),

corrections as (

    select
        correcting_lines.store_id,
        correcting_lines.receipt_line_id as correction_id,
        correcting_lines.returned_receipt_line_id as receipt_line_id,
        correcting_lines.receipt_id,
        correcting_lines.line_type,
        correcting_lines.quantity,
        sold_lines.receipt_id as sale_receipt_id,
        correcting_lines.extracted_at
    from receipt_lines as correcting_lines
    left join receipt_lines as sold_lines
        on
            correcting_lines.store_id = sold_lines.store_id
            and correcting_lines.returned_receipt_line_id = sold_lines.receipt_line_id
    where
        correcting_lines.line_type in ('return', 'void')
        and correcting_lines.returned_receipt_line_id is not null

),

dated as (

    select
        corrections.store_id,
        corrections.correction_id,
        corrections.receipt_line_id,
        corrections.receipt_id,
        corrections.line_type,
        corrections.quantity,
        -- until its receipt is loaded
        coalesce(receipts.sold_at, corrections.extracted_at) as corrected_at,
        sale_receipts.sold_at,
        coalesce(receipts.extracted_at, corrections.extracted_at) as reported_at
    from corrections
    left join receipts
        on
            corrections.store_id = receipts.store_id
            and corrections.receipt_id = receipts.receipt_id
    left join receipts as sale_receipts
        on
            corrections.store_id = sale_receipts.store_id
            and corrections.sale_receipt_id = sale_receipts.receipt_id

),

final as (

    select
        *,
        {{ broken_rules({
            'the quantity is not at least 1':
                "line_type = 'return' and coalesce(quantity, 0) < 1",
            'it is dated before the sale': 'corrected_at < sold_at',
            'it is dated more than a day after it was reported':
                "corrected_at > reported_at + interval '1 day'",
        }) }} as problem
    from dated

)

select * from final
