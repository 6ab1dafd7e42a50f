{% macro highest_score_of_others(index) -%}
    {#- what a listing gets at most for all words but the rarest -#}
    select sum(words.score)
    from (
        select max(asked.weight * heads.impact) as score
        from (
            {{ asked_search_words() }}
        ) as asked
        cross join lateral (
            select held.impact
            from {{ index.postings }} as held
            where held.term = asked.term
            order by held.impact desc
            limit 1
        ) as heads
        where asked.word_number <> request.rarest_word
        group by asked.word_number
    ) as words
{%- endmacro %}
