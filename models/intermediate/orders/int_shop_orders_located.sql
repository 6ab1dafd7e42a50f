with

orders as (

    select * from {{ ref('stg_shop__orders') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

final as (

    select
        cast(orders.order_id as text) as order_id,
        coalesce(country_names.country_code, orders.country) as country_code
    from orders
    left join country_names
        on {{ lookup_text('orders.country') }} = country_names.country_variant

)

select * from final
