#variable_conflict use_column
begin
return query

with

request as (

    {{ search_arguments_request('search_listings') }}

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
