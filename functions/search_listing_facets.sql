#variable_conflict use_column
begin
return query

with

-- all that is found, not only what search_listings lists
scored as (

    select *
    from {{ function('search_ranking') }}(
        {{ search_arguments_passed('search_listing_facets', sort_by='null') }}
    )

),

final as (

    {{ counted_search_facets('scored', ref('search_documents')) }}

)

select * from final
order by facet, item_count desc, facet_value;
end
