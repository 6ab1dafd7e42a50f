{% macro counted_search_facets(scored, documents) -%}
    with

    found as (

        select
            scored.item_key,
            documents.category,
            documents.brand,
            documents.size,
            documents.colour,
            documents.condition,
            documents.listing_status,
            documents.channels
        from {{ scored }} as scored
        inner join {{ documents }} as documents
            on
                scored.listing_key = documents.listing_key
                and documents.retired_at = {{ end_of_time() }}

    ),

    items as (

        select
            item_key,
            {{ search_item_status('found') }} as listing_status
        from found
        group by item_key

    ),

    -- an item counts by each value that any of its listings has
    item_facets as (

        {% for facet in ['category', 'brand', 'size', 'colour', 'condition'] -%}
        select
            item_key,
            '{{ facet }}' as facet,
            {{ facet }} as facet_value
        from found

        union

        {% endfor -%}
        select
            item_key,
            'listing_status' as facet,
            listing_status as facet_value
        from items

        union

        select
            item_key,
            'channel' as facet,
            unnest(channels) as facet_value
        from found

    )

    select
        item_facets.facet,
        item_facets.facet_value,
        count(*) as item_count,
        count(*) filter (where items.listing_status = 'available') as available_count
    from item_facets
    inner join items
        on item_facets.item_key = items.item_key
    where item_facets.facet_value is not null
    group by item_facets.facet, item_facets.facet_value
{%- endmacro %}
