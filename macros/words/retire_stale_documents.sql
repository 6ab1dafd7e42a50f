{% macro retire_stale_documents(held, listings) -%}
    {%- set compared = search_text_fields() + [
        'item_key', 'item_listing_count', 'listing_status', 'currency_code', 'channels', 'country_codes',
        'price', 'listed_date',
    ] -%}
    {#- found first, as PostgreSQL compares in parallel only what it does not change at once -#}
    create temporary table stale_documents on commit drop as
    select held.listing_key
    from {{ held }} as held
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
        );

    update {{ held }} as held
    set retired_at = transaction_timestamp()
    from stale_documents
    where
        held.listing_key = stale_documents.listing_key
        and held.retired_at = {{ end_of_time() }}
{%- endmacro %}
