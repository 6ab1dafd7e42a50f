{% macro found_by_any_word_cte(index) -%}
    {{ broad_word_ctes(index) }},

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
            {{ best_by_any_word('wide_words', 'requests.candidate_limit', index) }}
        ) as found

    )
{%- endmacro %}
