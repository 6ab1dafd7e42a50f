{{ config(alias=search_relation_name('search_results', var('search_name'))) }}

with

request as (

    {{ search_request() }}

),

scored as (

    {{ score_search_requests('request', search_index()) }}

),

final as (

    {{ described_search_results('scored', ref('search_documents'), ref('fct_listing_lifecycle')) }}

)

select * from final
order by search_rank
