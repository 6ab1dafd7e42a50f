with

orders as (

    select * from {{ ref('stg_shop__orders') }}

),

final as (

    select
        order_id,
        case when order_status = 'cancelled' then 'cancelled' else 'paid' end as order_state,
        greatest(ordered_at, least(updated_at, extracted_at)) as changed_at,
        extracted_at
    from orders
    where order_status in ('paid', 'shipped', 'delivered', 'cancelled')

)

select * from final
