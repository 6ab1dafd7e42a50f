{% macro found_by_all_words(index) -%}
    {#- each word counts by the best of its terms -#}
    select
        words.listing_key,
        sum(words.score) as score
    from (
        select
            listings.listing_key,
            asked.word_number,
            max(postings.impact * asked.weight) as score
        from unnest(request.matched_keys) as listings (listing_key)
        cross join (
            {{ asked_search_words() }}
        ) as asked
        cross join lateral (
            select held.impact
            from {{ index.postings }} as held
            where
                held.listing_key = listings.listing_key
                and held.term = asked.term
            offset 0
        ) as postings
        group by listings.listing_key, asked.word_number
    ) as words
    group by words.listing_key
    order by sum(words.score) desc, words.listing_key
    limit request.candidate_limit
{%- endmacro %}
