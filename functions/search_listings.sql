#variable_conflict use_column
begin
return query

with

scored as (

    select *
    from {{ function('search_ranking') }}(
        {{ search_arguments_passed(
            'search_listings', sort_by="coalesce(search_listings.sort_by, '')"
        ) }}
    )

),

final as (

    {{ described_search_results('scored', ref('search_documents'), ref('fct_listing_lifecycle')) }}

)

select * from final
order by search_rank;
end
