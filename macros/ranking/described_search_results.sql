{% macro described_search_results(scored, documents, lifecycle) -%}
    with

    {{ found_listings_cte(scored, documents, lifecycle) }},

    -- amounts in the currency of the listing that is shown
    summed as (

        select
            shown.search_rank,
            {{ search_item_status('listed') }} as listing_status,
            array_agg(listed.product_id order by listed.product_id) as product_ids,
            count(*) as listing_count,
            min(listed.price) filter (where listed.currency_code = shown.currency_code)
                as lowest_price,
            max(listed.price) filter (where listed.currency_code = shown.currency_code)
                as highest_price,
            (
                array_agg(listed.sale_price order by listed.first_sold_at, listed.product_id)
                filter (
                    where listed.sale_price is not null
                    and listed.currency_code = shown.currency_code
                )
            )[1] as sale_price,
            cast(sum(listed.sale_count) as bigint) as sale_count,
            bool_or(listed.is_sold) as is_sold,
            min(listed.first_sold_at) as first_sold_at,
            max(listed.last_sold_at) as last_sold_at
        from found as shown
        inner join found as listed
            on shown.search_rank = listed.search_rank
        where shown.is_shown
        group by shown.search_rank

    ){% for places in ['channels', 'country_codes'] %},

    {{ places }} as (

        select
            found.search_rank,
            array_agg(distinct places.place) as {{ places }}
        from found
        cross join lateral unnest(found.{{ places }}) as places (place)
        group by found.search_rank

    ){% endfor %}

    select
        documents.product_id,
        documents.canonical_product_id,
        summed.product_ids,
        documents.product_key,
        documents.title,
        documents.brand,
        documents.category,
        documents.size,
        documents.colour,
        documents.condition,
        summed.listing_status,
        documents.currency_code,
        channels.channels as listing_channels,
        country_codes.country_codes,
        marked.snippet,
        coalesce(marked.matched_words, cast('{}' as jsonb)) as matched_words,
        documents.search_rank,
        documents.score,
        documents.price,
        summed.lowest_price,
        summed.highest_price,
        summed.sale_price,
        summed.listing_count,
        summed.sale_count,
        documents.observed_days as days_on_offer,
        summed.is_sold,
        documents.is_relaxed,
        documents.listed_date,
        summed.first_sold_at,
        summed.last_sold_at
    from found as documents
    inner join summed
        on documents.search_rank = summed.search_rank
    left join channels
        on documents.search_rank = channels.search_rank
    left join country_codes
        on documents.search_rank = country_codes.search_rank
    cross join lateral (
        {{ marked_search_words('documents.forms') }}
    ) as marked
    where documents.is_shown
{%- endmacro %}
