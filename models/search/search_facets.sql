{{ config(alias=search_alias('search_facets')) }}
{% set asked = checked_search() %}

-- the columns are those of the function, and of the contract
-- noqa: disable=AM04

with

final as (

    select
        {{ sql_text(asked.search_name) }} as search_name,
        counted.*
    from {{ function('search_listing_facets') }}(
        {{ search_arguments(asked) }}
    ) as counted

)

select * from final
order by facet asc, item_count desc, facet_value asc
