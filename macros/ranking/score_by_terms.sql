{% macro score_by_terms(listing_keys, index) -%}
    {#- where each word has one term, all are found in one place of the index -#}
    select
        listings.listing_key,
        scored.score
    from unnest({{ listing_keys }}) as listings (listing_key)
    cross join lateral (
        select
            count(*) as word_count,
            sum(
                held.impact
                * alternative.weights[array_position(alternative.terms, held.term)]
            ) as score
        from {{ index.postings }} as held
        where
            held.listing_key = listings.listing_key
            and held.term = any(alternative.terms)
    ) as scored
    where
        scored.word_count = request.word_count
        and (
            not request.is_checked
            or request.matched_keys is not null
            or {{ is_search_match('listings.listing_key', 'request.strict_query', index) }}
        )
    order by scored.score desc, listings.listing_key
    limit request.candidate_limit
{%- endmacro %}
