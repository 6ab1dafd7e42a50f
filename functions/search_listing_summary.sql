#variable_conflict use_column
begin
return query

with

-- all that is found, not only what search_listings lists
scored as (

    select *
    from {{ function('search_ranking') }}(
        {{ search_arguments_passed('search_listing_summary', sort_by='null') }}
    )

),

explained as (

    {{ explained_search_request('search_listing_summary.search_terms', search_index()) }}

),

final as (

    {{ summed_search_results(
        'scored', 'explained', ref('search_documents'), ref('fct_listing_lifecycle'),
        ref('fct_order_lines')
    ) }}

)

select * from final;
end
