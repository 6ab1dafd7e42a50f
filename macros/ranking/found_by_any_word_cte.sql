{% macro found_by_any_word_cte(index) -%}
    found_by_any_word as (

        select
            alternatives.request_number,
            found.listing_key,
            found.score,
            alternatives.is_relaxed
        from relaxed_alternatives as alternatives
        inner join requests
            on alternatives.request_number = requests.request_number
        cross join lateral (
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
                        max(postings.impact * scored_words.weight) as score
                    from scored_words
                    cross join lateral (
                        select
                            listing_key,
                            impact
                        from {{ index.postings }} as held
                        where held.term = scored_words.term
                        offset 0
                    ) as postings
                    where scored_words.alternative_number = alternatives.alternative_number
                    group by postings.listing_key, scored_words.word_number
                ) as best
                group by best.listing_key
                order by sum(best.score) desc, best.listing_key
            ) as ranked
            where
                (not alternatives.is_checked and not alternatives.has_phrase)
                or {{ is_search_match('ranked.listing_key', 'alternatives.any_query', index) }}
            order by ranked.score desc, ranked.listing_key
            limit requests.candidate_limit
        ) as found

    )
{%- endmacro %}
