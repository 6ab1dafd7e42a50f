{{ config(alias=search_relation_name('search_facets', var('search_name'))) }}

with

request as (

    {{ search_request() }}

),

-- all that is found, not only what search_results lists
scored as (

    {{ score_search_requests('request', search_index(), limited=false) }}

),

documents as (

    select * from {{ ref('search_documents') }}
    where retired_at = {{ end_of_time() }}

),

listing_facets as (

    select
        scored.search_name,
        facets.facet,
        facets.facet_value,
        documents.listing_status
    from scored
    inner join documents
        on scored.listing_key = documents.listing_key
    cross join lateral (
        {% for facet in ['category', 'brand', 'size', 'colour', 'condition', 'listing_status'] -%}
        select
            '{{ facet }}' as facet,
            documents.{{ facet }} as facet_value
        union all
        {% endfor -%}
        select
            'channel' as facet,
            channels.channel as facet_value
        from unnest(documents.channels) as channels (channel)
    ) as facets
    where facets.facet_value is not null

),

final as (

    select
        search_name,
        facet,
        facet_value,
        count(*) as listing_count,
        count(*) filter (where listing_status = 'available') as available_count
    from listing_facets
    group by search_name, facet, facet_value

)

select * from final
order by facet, listing_count desc, facet_value
