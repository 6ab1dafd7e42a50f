{{ config(alias=search_alias('search_facets')) }}

with

request as (

    {{ search_request() }}

),

-- all that is found, not only what search_results lists
scored as (

    {{ score_search_requests('request', search_index(), limited=false) }}

),

documents as (

    select * from {{ ref('search_documents') }}
    where retired_at = {{ end_of_time() }}

),

found as (

    select
        scored.search_name,
        documents.*
    from scored
    inner join documents
        on scored.listing_key = documents.listing_key

),

listing_facets as (

    {% for facet in ['category', 'brand', 'size', 'colour', 'condition', 'listing_status'] -%}
    select
        search_name,
        '{{ facet }}' as facet,
        {{ facet }} as facet_value,
        listing_status
    from found

    union all

    {% endfor -%}
    select
        search_name,
        'channel' as facet,
        unnest(channels) as facet_value,
        listing_status
    from found

),

final as (

    select
        search_name,
        facet,
        facet_value,
        count(*) as listing_count,
        count(*) filter (where listing_status = 'available') as available_count
    from listing_facets
    where facet_value is not null
    group by search_name, facet, facet_value

)

select * from final
order by facet asc, listing_count desc, facet_value asc
