{{ config(alias=search_alias('search_facets')) }}
{% set asked = checked_search() %}

with

final as (

    select
        {{ sql_text(asked.search_name) }} as search_name,
        counted.*
    from {{ function('search_listing_facets') }}(
        {{ search_arguments(asked) }}
    ) as counted

)

-- the columns are those of the function, and of the contract
select * from final -- noqa: AM04
order by facet asc, item_count desc, facet_value asc
