{% macro found_by_one_word_cte(index) -%}
    -- of one word the best are read off the index, which holds them in this order
    found_by_one_word as (

        select
            alternatives.request_number,
            found.listing_key,
            found.score
        from alternatives
        inner join requests
            on alternatives.request_number = requests.request_number
        cross join lateral (
            select
                listed.listing_key,
                max(listed.score) as score
            from scored_words
            cross join lateral (
                select
                    postings.listing_key,
                    postings.impact * scored_words.weight as score
                from {{ index.postings }} as postings
                where
                    postings.term = scored_words.term
                    and (
                        not alternatives.is_checked
                        or {{ is_search_match('postings.listing_key', 'alternatives.all_query', index) }}
                    )
                order by postings.impact desc, postings.listing_key
                limit requests.candidate_limit
            ) as listed
            where scored_words.alternative_number = alternatives.alternative_number
            group by listed.listing_key
            order by max(listed.score) desc, listed.listing_key
            limit requests.candidate_limit
        ) as found
        where alternatives.is_single_word

    )
{%- endmacro %}
