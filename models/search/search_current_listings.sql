with

products as (

    select * from {{ ref('dim_products') }}
    where is_current and not is_unknown

),

order_lines as (

    select * from {{ ref('fct_order_lines') }}
    where not is_cancelled

),

customers as (

    select
        customer_key,
        country_code
    from {{ ref('dim_customers') }}

),

stores as (

    select
        store_id,
        country_code
    from {{ ref('dim_stores') }}
    where is_current

),

-- found by hash before anything is sorted: there are far fewer places than lines
places as (

    select distinct
        order_lines.product_id,
        order_lines.channel,
        coalesce(stores.country_code, customers.country_code) as country_code
    from order_lines
    left join stores
        on order_lines.store_id = stores.store_id
    left join customers
        on order_lines.customer_key = customers.customer_key

),

sales as (

    select
        product_id,
        array_agg(distinct channel) as channels,
        array_agg(distinct country_code) as country_codes
    from places
    group by product_id

),

final as (

    select
        {{ search_listing_key('products.product_id') }} as listing_key,
        products.product_id,
        {{ search_listing_key('products.canonical_product_id') }} as item_key,
        products.title,
        products.description,
        products.category,
        products.brand,
        products.size,
        products.colour,
        products.condition,
        coalesce(
            products.listing_status,
            case when products.is_deleted then 'withdrawn' else 'available' end
        ) as listing_status,
        products.currency_code,
        coalesce(
            sales.channels,
            array[case products.source_system when 'marketplace' then 'marketplace' else 'shop' end]
        ) as channels,
        array_remove(sales.country_codes, null) as country_codes,
        products.price,
        -- told once for each item, so that a new listing changes no other
        case
            when products.product_id = products.canonical_product_id
                then count(*) over (partition by products.canonical_product_id)
        end as item_listing_count,
        {{ local_date('products.listed_at') }} as listed_date
    from products
    left join sales
        on products.product_id = sales.product_id

)

select * from final
