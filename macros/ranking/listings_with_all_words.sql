{% macro listings_with_all_words(index) -%}
    select documents.listing_key
    from {{ index.documents }} as documents
    where
        documents.words @@ request.strict_query
        and documents.retired_at = {{ end_of_time() }}
        and {{ passes_search_filters() }}
{%- endmacro %}
