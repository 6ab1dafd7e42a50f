{{ config(
    materialized='incremental',
    incremental_strategy='compared',
    unique_key=['store_id', 'receipt_number', 'line_number'],
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_rows_withdrawn') }}

with

confirmations as (

    select * from {{ ref('stg_store_mail__order_confirmations') }}

),

ranked as (

    select
        *,
        -- by receipt and not by line, so that no receipt is put together from two mails
        rank() over (
            partition by store_id, receipt_number
            order by received_at asc nulls last, message_id asc
        ) as mail_rank
    from confirmations
    where quantity is not null

),

final as (

    select
        store_id,
        receipt_number,
        line_number,
        message_id,
        email,
        sku,
        currency_code,
        quantity,
        unit_price,
        discount_amount,
        coalesce(sold_at, received_at, extracted_at) as sold_at,
        extracted_at as reported_at
    from ranked
    where mail_rank = 1

)

select * from final
