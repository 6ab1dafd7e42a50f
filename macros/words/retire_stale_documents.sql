{% macro retire_stale_documents(held, listings) -%}
    {%- set compared = search_text_fields() + [
        'listing_status', 'currency_code', 'channels', 'country_codes', 'price', 'listed_date',
    ] -%}
    update {{ held }} as held
    set retired_at = transaction_timestamp()
    where
        held.retired_at = {{ end_of_time() }}
        and not exists (
            select 1
            from {{ listings }} as listings
            where
                listings.listing_key = held.listing_key
                {% for column in compared -%}
                and listings.{{ column }} is not distinct from held.{{ column }}
                {% endfor %}
        )
{%- endmacro %}
