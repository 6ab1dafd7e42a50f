{% macro delete_stale_postings(held, documents) -%}
    delete from {{ held }} as held
    using {{ documents }} as documents
    where
        held.listing_key = documents.listing_key
        and held.indexed_at = documents.indexed_at
        and documents.retired_at < {{ end_of_time() }}
{%- endmacro %}
