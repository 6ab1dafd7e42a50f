#variable_conflict use_column
begin
return query

with

request as (

    select
        cast(null as text) as search_name,
        search_listings.search_terms,
        search_listings.search_mode,
        search_listings.categories,
        search_listings.brands,
        search_listings.sizes,
        search_listings.colours,
        search_listings.conditions,
        search_listings.channels,
        search_listings.countries,
        search_listings.min_price,
        search_listings.max_price,
        search_listings.from_date,
        search_listings.to_date,
        search_listings.sort_by,
        search_listings.result_limit

),

scored as (

    {{ score_search_requests('request', search_index()) }}

),

final as (

    {{ described_search_results('scored', ref('search_documents'), ref('fct_listing_lifecycle')) }}

)

select * from final
order by search_rank;
end
