#variable_conflict use_column
begin
return query

with

request as (

    {{ search_arguments_request('search_listing_summary') }}

),

-- all that is found, not only what search_listings lists
scored as (

    {{ score_search_requests('request', search_index(), limited=false) }}

),

explained as (

    {{ explained_search_requests('request', search_index()) }}

),

final as (

    {{ summed_search_results(
        'scored', 'explained', ref('search_documents'), ref('fct_listing_lifecycle'),
        ref('fct_order_lines')
    ) }}

)

select * from final;
end
