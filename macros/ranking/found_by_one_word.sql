{% macro found_by_one_word(index) -%}
    {#- the best are read off the index, which holds them in this order -#}
    select
        listed.listing_key,
        max(listed.score) as score
    from (
        {{ asked_search_words() }}
    ) as words
    cross join lateral (
        select
            postings.listing_key,
            postings.impact * words.weight as score
        from {{ index.postings }} as postings
        where
            postings.term = words.term
            and (
                not request.is_checked
                or {{ is_search_match('postings.listing_key', 'request.strict_query', index) }}
            )
        order by postings.impact desc, postings.listing_key
        limit request.candidate_limit
    ) as listed
    group by listed.listing_key
    order by max(listed.score) desc, listed.listing_key
    limit request.candidate_limit
{%- endmacro %}
