{{ config(alias=search_alias('search_facets')) }}

with

request as (

    {{ search_request() }}

),

-- all that is found, not only what search_results lists
scored as (

    {{ score_search_requests('request', search_index(), limited=false) }}

),

final as (

    {{ counted_search_facets('scored', ref('search_documents')) }}

)

select * from final
order by facet asc, item_count desc, facet_value asc
