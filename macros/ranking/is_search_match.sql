{% macro is_search_match(listing_key, query, index) -%}
    exists (
        select 1
        from {{ index.documents }} as documents
        where
            documents.listing_key = {{ listing_key }}
            and documents.retired_at = {{ end_of_time() }}
            and coalesce(documents.words @@ {{ query }}, true)
            and {{ passes_search_filters() }}
    )
{%- endmacro %}
