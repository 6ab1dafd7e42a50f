{% macro best_by_any_word(words, limit, index) -%}
    {#- max-score, as in Turtle and Flood, Query evaluation: strategies and optimizations, 1995 -#}
    with

    asked as materialized (

        select
            words.word_number,
            words.term,
            words.weight,
            max(words.weight * heads.impact) over (partition by words.word_number) as highest_score
        from ({{ words }}) as words
        cross join lateral (
            select held.impact
            from {{ index.postings }} as held
            where held.term = words.term
            order by held.impact desc
            limit 1
        ) as heads

    ),

    -- so much has the last of as many listings as are wanted, if no better ones are found
    needed as materialized (

        select case when count(*) = {{ limit }} then min(seen.score) else 0 end as score
        from (
            select scored.score
            from (
                select distinct lists.listing_key
                from asked
                cross join lateral (
                    select held.listing_key
                    from {{ index.postings }} as held
                    where held.term = asked.term
                    order by held.impact desc, held.listing_key
                    limit {{ limit }} * 2 + 20
                ) as lists
                where {{ limit }} is not null
            ) as heads
            cross join lateral (
                {{ score_by_any_word('heads.listing_key', index) }}
            ) as scored
            where
                not request.is_checked
                or {{ is_search_match('heads.listing_key', 'request.loose_query', index) }}
            order by scored.score desc
            limit {{ limit }}
        ) as seen

    ),

    -- words that together do not get a listing so far need not be read, but for what others find
    bounds as materialized (

        select
            summed.word_number,
            summed.reach,
            summed.reach >= needed.score as is_read
        from (
            select
                word_number,
                sum(max(highest_score)) over (order by max(highest_score), word_number) as reach
            from asked
            group by word_number
        ) as summed
        cross join needed

    ),

    read as materialized (

        select
            best.listing_key,
            sum(best.score) as score
        from (
            select
                lists.listing_key,
                max(lists.impact * asked.weight) as score
            from asked
            inner join bounds
                on asked.word_number = bounds.word_number
            cross join lateral (
                select
                    held.listing_key,
                    held.impact
                from {{ index.postings }} as held
                where held.term = asked.term
                offset 0
            ) as lists
            where bounds.is_read
            group by lists.listing_key, asked.word_number
        ) as best
        group by best.listing_key
        having
            sum(best.score) + coalesce((select max(reach) from bounds where not is_read), 0)
            >= (select needed.score from needed)

    )

    select
        ranked.listing_key,
        ranked.score
    from (
        select
            read.listing_key,
            read.score + coalesce(others.score, 0) as score
        from read
        cross join lateral (
            {{ score_by_any_word('read.listing_key', index, 'not bounds.is_read') }}
        ) as others
        order by read.score + coalesce(others.score, 0) desc, read.listing_key
    ) as ranked
    where
        not request.is_checked
        or {{ is_search_match('ranked.listing_key', 'request.loose_query', index) }}
    order by ranked.score desc, ranked.listing_key
    limit {{ limit }}
{%- endmacro %}
