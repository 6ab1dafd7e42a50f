with

disagreements as (

    select * from {{ ref('int_store_sales_disagreements') }}

),

final as (

    select
        {{ surrogate_key([
            'store_id', 'receipt_number', 'receipt_line_id', 'line_number'
        ]) }} as disagreement_key,
        store_id,
        receipt_number,
        disagreement,
        till_sku,
        mail_sku,
        receipt_line_id,
        line_number,
        till_quantity,
        mail_quantity,
        till_unit_price,
        mail_unit_price,
        till_discount_amount,
        mail_discount_amount,
        {{ utc_date('sold_at') }} as order_date,
        sold_at
    from disagreements

)

select * from final
