{% macro found_by_filters(index) -%}
    {#- nothing but filters and exclusions -#}
    select
        documents.listing_key,
        cast(0 as bigint) as score
    from {{ index.documents }} as documents
    where
        documents.retired_at = {{ end_of_time() }}
        and {{ passes_search_filters() }}
        and (request.strict_query is null or documents.words @@ request.strict_query)
    order by documents.listed_date desc nulls last, documents.listing_key
    limit request.candidate_limit
{%- endmacro %}
