with

order_lines as (

    select * from {{ ref('int_order_lines_unioned') }}
    where problem is not null

),

corrections as (

    select * from {{ ref('int_store_corrections') }}
    where problem is not null

),

final as (

    select
        source_system,
        'sale' as line_type,
        store_id,
        order_id,
        order_line_id,
        problem,
        quantity,
        unit_price,
        discount_amount,
        ordered_at,
        returned_at,
        reported_at
    from order_lines

    union all

    select
        'stores' as source_system,
        line_type,
        store_id,
        concat_ws('-', store_id, receipt_id) as order_id,
        concat_ws('-', store_id, correction_id) as order_line_id,
        problem,
        quantity,
        cast(null as numeric) as unit_price,
        cast(null as numeric) as discount_amount,
        sold_at as ordered_at,
        corrected_at as returned_at,
        reported_at
    from corrections

)

select * from final
