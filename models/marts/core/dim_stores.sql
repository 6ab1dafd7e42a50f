with

stores as (

    select * from {{ ref('stores') }}

),

order_lines as (

    select
        store_id,
        order_date
    from {{ ref('fct_order_lines') }}
    where store_id is not null

),

traded as (

    select
        store_id,
        min(order_date) as first_sale_date,
        max(order_date) as last_sale_date
    from order_lines
    group by store_id

),

final as (

    select
        coalesce(stores.store_id, traded.store_id) as store_id,
        stores.city,
        stores.country_code,
        stores.store_id is not null as is_registered,
        stores.store_id is not null and stores.closed_date is null as is_open,
        stores.opened_date,
        stores.closed_date,
        traded.first_sale_date,
        traded.last_sale_date
    from stores
    full join traded
        on stores.store_id = traded.store_id

)

select * from final
