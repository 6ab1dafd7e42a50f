{% macro other_listings_of_items(index) -%}
    {#- what was not read as far as them, and is found all the same -#}
    select
        best_items.search_rank,
        best_items.item_key,
        documents.listing_key,
        documents.product_id,
        false as is_shown,
        best_items.forms,
        best_items.score,
        best_items.is_relaxed
    from best_items
    inner join {{ index.documents }} as documents
        on
            best_items.item_key = documents.item_key
            and documents.listing_key <> best_items.listing_key
            and documents.retired_at = {{ end_of_time() }}
    where
        {{ passes_search_filters() }}
        and (request.terms is null or {{ has_search_words('documents', index) }})
{%- endmacro %}
