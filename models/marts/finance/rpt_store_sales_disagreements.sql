with

disagreements as (

    select * from {{ ref('int_store_sales_disagreements') }}

),

stores as (

    select
        store_id,
        time_zone
    from {{ ref('stores') }}

),

final as (

    select
        {{ surrogate_key([
            'disagreements.store_id', 'disagreements.receipt_number', 'disagreements.receipt_line_id',
            'disagreements.line_number'
        ]) }} as disagreement_key,
        disagreements.store_id,
        disagreements.receipt_number,
        disagreements.disagreement,
        disagreements.till_sku,
        disagreements.mail_sku,
        disagreements.receipt_line_id,
        disagreements.line_number,
        disagreements.till_quantity,
        disagreements.mail_quantity,
        disagreements.till_unit_price,
        disagreements.mail_unit_price,
        disagreements.till_discount_amount,
        disagreements.mail_discount_amount,
        {{ local_date('disagreements.sold_at', 'stores.time_zone') }} as order_date,
        disagreements.sold_at
    from disagreements
    left join stores
        on disagreements.store_id = stores.store_id

)

select * from final
