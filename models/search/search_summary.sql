{{ config(alias=search_alias('search_summary')) }}
{% set asked = checked_search() %}
{% set values = search_argument_values(asked) %}

-- the columns are those of the function, and of the contract
-- noqa: disable=AM04

with

final as (

    select
        {{ sql_text(asked.search_name) }} as search_name,
        {{ sql_text(values.search_terms) }} as search_terms,
        {{ sql_text(values.search_mode) }} as search_mode,
        summed.*
    from {{ function('search_listing_summary') }}(
        {{ search_arguments(asked) }}
    ) as summed

)

select * from final
