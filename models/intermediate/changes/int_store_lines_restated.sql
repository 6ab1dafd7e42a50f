{{ config(materialized='ephemeral') }}
{% set mark = read_mark('fct_order_lines') %}

with

till_lines as (

    select
        written.store_id,
        written.receipt_number,
        written.receipt_line_id
    from {{ ref('int_store_sales') }} as written
    where {{ is_new('written', mark) }}

),

mail_lines as (

    select
        written.store_id,
        written.receipt_number
    from {{ ref('int_store_mails_deduplicated') }} as written
    where {{ is_new('written', mark) }}

),

withdrawn as (

    select
        written.relation_name,
        unpacked.store_id,
        unpacked.receipt_number,
        unpacked.receipt_line_id,
        unpacked.line_number
    from {{ ref('int_rows_withdrawn') }} as written
    cross join
        lateral jsonb_to_record(written.row_key)
            as unpacked (store_id text, receipt_number text, receipt_line_id text, line_number text)
    where
        {{ is_new('written', mark) }}
        and written.relation_name in ('int_store_sales', 'int_store_mails_deduplicated')

),

receipts as (

    select
        store_id,
        receipt_number
    from till_lines
    union
    select
        store_id,
        receipt_number
    from mail_lines
    union
    select
        store_id,
        receipt_number
    from withdrawn

),

final as (

    -- of a receipt that a till and a mail tell of, either can come or go
    select told.order_line_id
    from {{ ref('int_store_sales_reconciled') }} as told
    inner join receipts
        on told.store_id = receipts.store_id and told.receipt_number = receipts.receipt_number

    union

    select
        concat_ws('-', mails.store_id, 'mail', mails.receipt_number, mails.line_number)
            as order_line_id
    from {{ ref('int_store_mails_deduplicated') }} as mails
    inner join receipts
        on mails.store_id = receipts.store_id and mails.receipt_number = receipts.receipt_number

    union

    -- a receipt can have no number
    select concat_ws('-', store_id, receipt_line_id) as order_line_id
    from till_lines

    union

    select
        case relation_name
            when 'int_store_sales' then concat_ws('-', store_id, receipt_line_id)
            else concat_ws('-', store_id, 'mail', receipt_number, line_number)
        end as order_line_id
    from withdrawn

)

select * from final
