with

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        customer_key,
        country_code,
        is_marketplace_customer,
        is_shop_customer,
        is_store_customer,
        joined_date
    from customers
    where
        has_account
        and joined_date >= {{ var_sql('join_date') }}

)

select * from final
