{% macro found_by_filters_cte(index) -%}
    -- nothing but filters and exclusions
    found_by_filters as (

        select
            requests.request_number,
            found.listing_key,
            cast(0 as bigint) as score
        from requests
        left join alternatives
            on
                requests.request_number = alternatives.request_number
                and alternatives.scored_units = 0
        cross join lateral (
            select documents.listing_key
            from {{ index.documents }} as documents
            where
                documents.retired_at = {{ end_of_time() }}
                and {{ passes_search_filters() }}
                and (
                    alternatives.request_number is null
                    or documents.words @@ alternatives.excluded_query
                )
            order by documents.listed_date desc nulls last, documents.listing_key
            limit requests.candidate_limit
        ) as found
        where requests.search_terms is null or alternatives.request_number is not null

    )
{%- endmacro %}
