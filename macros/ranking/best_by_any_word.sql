{% macro best_by_any_word(words, limit, index) -%}
    select
        ranked.listing_key,
        ranked.score
    from (
        select
            best.listing_key,
            sum(best.score) as score
        from (
            select
                postings.listing_key,
                max(postings.impact * words.weight) as score
            from {{ words }} as words
            cross join lateral (
                select
                    listing_key,
                    impact
                from {{ index.postings }} as held
                where held.term = words.term
                offset 0
            ) as postings
            where words.alternative_number = alternatives.alternative_number
            group by postings.listing_key, words.word_number
        ) as best
        group by best.listing_key
        order by sum(best.score) desc, best.listing_key
    ) as ranked
    where
        not alternatives.is_matched
        or {{ is_search_match('ranked.listing_key', 'alternatives.matched_query', index) }}
    order by ranked.score desc, ranked.listing_key
    limit {{ limit }}
{%- endmacro %}
