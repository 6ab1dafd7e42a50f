{% macro described_search_results(scored, documents, lifecycle) -%}
    select
        scored.search_name,
        scored.product_id,
        lifecycle.product_key,
        documents.title,
        documents.brand,
        documents.category,
        documents.size,
        documents.colour,
        documents.condition,
        documents.listing_status,
        documents.currency_code,
        documents.channels as listing_channels,
        documents.country_codes,
        marked.snippet,
        coalesce(marked.matched_words, cast('{}' as jsonb)) as matched_words,
        scored.search_rank,
        scored.score,
        documents.price,
        lifecycle.sale_price,
        lifecycle.sale_count,
        lifecycle.observed_days as days_on_offer,
        lifecycle.is_sold,
        scored.is_relaxed,
        documents.listed_date,
        lifecycle.first_sold_at,
        lifecycle.last_sold_at
    from {{ scored }} as scored
    inner join {{ documents }} as documents
        on
            scored.listing_key = documents.listing_key
            and documents.retired_at = {{ end_of_time() }}
    left join {{ lifecycle }} as lifecycle
        on scored.product_id = lifecycle.product_id
    cross join lateral (
        {{ marked_search_words('scored.forms') }}
    ) as marked
{%- endmacro %}
