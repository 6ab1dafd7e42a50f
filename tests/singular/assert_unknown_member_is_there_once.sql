-- each dimension with an unknown member holds it once, under the same key
with

customers as (

    select
        customer_key as member_key,
        'dim_customers' as dimension
    from {{ ref('dim_customers') }}
    where is_unknown

),

products as (

    select
        product_key as member_key,
        'dim_products' as dimension
    from {{ ref('dim_products') }}
    where is_unknown

),

unioned as (

    select * from customers
    union all
    select * from products

),

final as (

    select
        count(*) as member_count,
        count(distinct member_key) as key_count
    from unioned
    having count(*) <> 2 or count(distinct member_key) <> 1

)

select * from final
