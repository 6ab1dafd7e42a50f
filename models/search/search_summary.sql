{{ config(alias=search_alias('search_summary')) }}

with

request as (

    {{ search_request() }}

),

-- all that is found, not only what search_results lists
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

select * from final
