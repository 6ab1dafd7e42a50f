-- returns and voids of the tills that change no line sold: they name none, or one not loaded
with

receipt_lines as (

    select * from {{ ref('stg_stores__receipt_lines') }}

),

final as (

    select
        correcting_lines.store_id,
        correcting_lines.receipt_line_id,
        correcting_lines.receipt_id,
        correcting_lines.returned_receipt_line_id,
        correcting_lines.line_type,
        correcting_lines.sku,
        correcting_lines.quantity,
        correcting_lines.unit_price,
        correcting_lines.discount_amount
    from receipt_lines as correcting_lines
    left join receipt_lines as named_lines
        on
            correcting_lines.store_id = named_lines.store_id
            and correcting_lines.returned_receipt_line_id = named_lines.receipt_line_id
    where
        correcting_lines.line_type in ('return', 'void')
        and named_lines.receipt_line_id is null

)

select * from final
