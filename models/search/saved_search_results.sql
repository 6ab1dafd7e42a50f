-- the columns are those of the function, and of the contract
-- noqa: disable=AM04

with

saved_searches as (

    select * from {{ ref('search_saved_requests') }}

),

final as (

    select
        saved_searches.search_name,
        found.*
    from saved_searches
    cross join
        lateral {{ function('search_listings') }}(
            {%- for name in search_argument_types() %}
            {{ name }} => saved_searches.{{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as found

)

select * from final
order by search_name, search_rank
