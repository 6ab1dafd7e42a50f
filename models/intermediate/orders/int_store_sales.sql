{{ config(
    materialized='incremental',
    incremental_strategy='compared',
    unique_key=['store_id', 'receipt_line_id'],
    on_schema_change='fail',
    meta={'withdrawn_key': ['store_id', 'receipt_line_id', 'receipt_number']},
) }}
-- depends_on: {{ ref('int_rows_withdrawn') }}

with

receipts as (

    select * from {{ ref('stg_stores__receipts') }}

),

receipt_lines as (

    select * from {{ ref('stg_stores__receipt_lines') }}

),

corrections as (

    select * from {{ ref('int_store_corrections') }}
    where line_type = 'void' and problem is null

),

-- of several voids of one line the first counts
voids as (

    select
        store_id,
        receipt_line_id,
        min(corrected_at) as cancelled_at
    from corrections
    group by store_id, receipt_line_id

),

returned as (

    select * from {{ ref('int_store_returns') }}

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
        least(coalesce(returned.returned_quantity, 0), receipt_lines.quantity)
            as returned_quantity,
        receipt_lines.unit_price,
        receipt_lines.discount_amount,
        returned.return_moves,
        voids.receipt_line_id is not null as is_voided,
        receipts.receipt_id is null as is_receipt_missing,
        coalesce(receipts.sold_at, receipt_lines.extracted_at) as sold_at,
        voids.cancelled_at,
        returned.returned_at,
        -- a row that came before its return does not tell of it
        greatest(
            coalesce(receipts.extracted_at, receipt_lines.extracted_at), returned.reported_at
        ) as reported_at
    from receipt_lines
    left join receipts
        on
            receipt_lines.store_id = receipts.store_id
            and receipt_lines.receipt_id = receipts.receipt_id
    left join voids
        on
            receipt_lines.store_id = voids.store_id
            and receipt_lines.receipt_line_id = voids.receipt_line_id
    left join returned
        on
            receipt_lines.store_id = returned.store_id
            and receipt_lines.receipt_line_id = returned.receipt_line_id
    where receipt_lines.line_type = 'sale'

)

select * from final
