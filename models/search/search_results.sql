{{ config(alias=search_alias('search_results')) }}
{% set asked = checked_search() %}

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
