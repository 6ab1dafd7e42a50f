{{ config(alias=search_alias('search_results')) }}
{% set asked = checked_search() %}

-- the columns are those of the function, and of the contract
-- noqa: disable=AM04

with

final as (

    select
        {{ sql_text(asked.search_name) }} as search_name,
        found.*
    from {{ function('search_listings') }}(
        {{ search_arguments(asked) }}
    ) as found

)

select * from final
order by search_rank
