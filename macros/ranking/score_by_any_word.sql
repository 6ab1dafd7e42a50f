{% macro score_by_any_word(listing_key, index, of_words=none) -%}
    select sum(best.score) as score
    from (
        select max(found.impact * asked.weight) as score
        from asked
        {%- if of_words %}
        inner join bounds
            on asked.word_number = bounds.word_number
        {%- endif %}
        cross join lateral (
            select held.impact
            from {{ index.postings }} as held
            where
                held.listing_key = {{ listing_key }}
                and held.term = asked.term
            offset 0
        ) as found
        {%- if of_words %}
        where {{ of_words }}
        {%- endif %}
        group by asked.word_number
    ) as best
{%- endmacro %}
