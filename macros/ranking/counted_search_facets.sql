{% macro counted_search_facets(scored, documents) -%}
    with

    found as (

        select
            scored.search_name,
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

    listing_facets as (

        {% for facet in ['category', 'brand', 'size', 'colour', 'condition', 'listing_status'] -%}
        select
            search_name,
            '{{ facet }}' as facet,
            {{ facet }} as facet_value,
            listing_status
        from found

        union all

        {% endfor -%}
        select
            search_name,
            'channel' as facet,
            unnest(channels) as facet_value,
            listing_status
        from found

    )

    select
        search_name,
        facet,
        facet_value,
        count(*) as listing_count,
        count(*) filter (where listing_status = 'available') as available_count
    from listing_facets
    where facet_value is not null
    group by search_name, facet, facet_value
{%- endmacro %}
