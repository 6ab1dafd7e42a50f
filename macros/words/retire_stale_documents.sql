{% macro retire_stale_documents(held, listings) -%}
    {%- set compared = search_text_fields() + [
        'item_key', 'item_listing_count', 'listing_status', 'currency_code', 'channels', 'country_codes',
        'price', 'listed_date',
    ] -%}
    {#- found first and once, as PostgreSQL compares in parallel only what it does not change at
        once -#}
    create temporary table changed_listings on commit drop as
    select
        held.listing_key as held_listing_key,
        listings.listing_key
    from (select * from {{ held }} where retired_at = {{ end_of_time() }}) as held
    full join {{ listings }} as listings
        on held.listing_key = listings.listing_key
    where
        held.listing_key is null
        or listings.listing_key is null
        {% for column in compared -%}
        or held.{{ column }} is distinct from listings.{{ column }}
        {% endfor -%};

    analyze changed_listings;

    update {{ held }} as held
    set retired_at = transaction_timestamp()
    from changed_listings
    where
        held.listing_key = changed_listings.held_listing_key
        and held.retired_at = {{ end_of_time() }}
{%- endmacro %}
