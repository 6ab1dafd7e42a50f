with

saved_searches as (

    select search_name from {{ ref('search_saved_requests') }}

),

found_items as (

    select * from {{ ref('saved_search_results') }}

),

demanded as (

    select
        'search' as dimension,
        saved_searches.search_name as dimension_value,
        saved_searches.search_name,
        found_items.canonical_product_id as item_id,
        found_items.listing_status,
        found_items.is_sold
    from saved_searches
    left join found_items
        on saved_searches.search_name = found_items.search_name

    {% for dimension in ['brand', 'category', 'size'] %}
    union all

    select
        '{{ dimension }}' as dimension,
        {{ dimension }} as dimension_value,
        search_name,
        canonical_product_id as item_id,
        listing_status,
        is_sold
    from found_items
    where {{ dimension }} is not null

    {% endfor %}
),

final as (

    select
        dimension,
        dimension_value,
        count(distinct search_name) as search_count,
        count(distinct item_id) as item_count,
        count(distinct item_id) filter (where listing_status = 'available') as available_count,
        count(distinct item_id) filter (where is_sold) as sold_count,
        count(distinct item_id) filter (where listing_status = 'available') = 0 as is_unmet
    from demanded
    group by dimension, dimension_value

)

select * from final
