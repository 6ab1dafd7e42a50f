{% macro search_listings_to_fold(items, index) -%}
    (
        select coalesce(sum(largest.item_listing_count - 1), 0)
        from (
            select documents.item_listing_count
            from {{ index.documents }} as documents
            where
                documents.item_listing_count > 1
                and documents.retired_at = {{ end_of_time() }}
            order by documents.item_listing_count desc
            limit {{ items }}
        ) as largest
    )
{%- endmacro %}
