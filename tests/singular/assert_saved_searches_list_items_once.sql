-- by all listings of a row, not only by the one that it shows
with

results as (

    select * from {{ ref('saved_search_results') }}

),

requests as (

    select * from {{ ref('search_saved_requests') }}
    where fold

),

products as (

    select
        product_id,
        canonical_product_id
    from {{ ref('dim_products') }}
    where is_current

),

final as (

    select
        results.search_name,
        products.canonical_product_id
    from results
    inner join requests
        on results.search_name = requests.search_name
    cross join lateral unnest(results.product_ids) as listings (product_id)
    inner join products
        on listings.product_id = products.product_id
    group by results.search_name, products.canonical_product_id
    having count(distinct results.search_rank) > 1

)

select * from final
