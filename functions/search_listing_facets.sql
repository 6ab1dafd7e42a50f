#variable_conflict use_column
begin
return query

with

request as (

    {{ search_arguments_request('search_listing_facets') }}

),

-- all that is found, not only what search_listings lists
scored as (

    {{ score_search_requests('request', search_index(), limited=false) }}

),

final as (

    {{ counted_search_facets('scored', ref('search_documents')) }}

)

select * from final
order by facet, item_count desc, facet_value;
end
