{% macro delete_stale_postings(held, documents, field_lengths) -%}
    {#- all, once a length was measured that they were not weighed by -#}
    delete from {{ held }}
    where
        (select max(measured_at) from {{ field_lengths }})
        > (select max(weighed.indexed_at) from {{ held }} as weighed);

    delete from {{ held }} as held
    using {{ documents }} as documents
    where
        held.listing_key = documents.listing_key
        and held.indexed_at < documents.retired_at
        and documents.retired_at < {{ end_of_time() }}
{%- endmacro %}
