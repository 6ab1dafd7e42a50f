with

scored as (

    {{ score_search_requests(ref('search_saved_requests'), search_index()) }}

),

final as (

    {{ described_search_results('scored', ref('search_documents'), ref('fct_listing_lifecycle')) }}

)

select * from final
order by search_name, search_rank
