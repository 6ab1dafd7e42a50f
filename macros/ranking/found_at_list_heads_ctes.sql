{% macro found_at_list_heads_ctes(index) -%}
    {#- Fagin, Lotem and Naor, Optimal aggregation algorithms for middleware, 2003: where the lists
        of the words are cut, what is not yet seen can score this much at most -#}
    {{ search_list_heads_ctes(index) }},

    cut_words as materialized (

        select
            terms.alternative_number,
            terms.word_number,
            max(terms.highest_score) as highest_score,
            max(terms.cut_score) as cut_score,
            (array_agg(terms.cut_key order by terms.cut_score desc nulls last, terms.cut_key))[1]
                as cut_key
        from (
            select
                alternative_number,
                word_number,
                max(score) as highest_score,
                -- none if the list was read to its end
                case when count(*) = max(depth) then min(score) end as cut_score,
                (array_agg(listing_key order by score asc, listing_key desc))[1] as cut_key
            from list_heads
            group by alternative_number, word_number, term
        ) as terms
        group by terms.alternative_number, terms.word_number

    ),

    unseen as (

        select
            alternative_number,
            sum(highest_score) - min(highest_score - cut_score) as score,
            (array_agg(cut_key order by highest_score - cut_score asc nulls last, cut_key))[1]
                as listing_key
        from cut_words
        group by alternative_number

    ),

    seen as (

        select
            best.alternative_number,
            best.listing_key,
            sum(best.score) as score
        from (
            select
                list_heads.scored_units,
                list_heads.alternative_number,
                list_heads.word_number,
                list_heads.listing_key,
                max(list_heads.score) as score
            from list_heads
            inner join cut_words
                on
                    list_heads.alternative_number = cut_words.alternative_number
                    and list_heads.word_number = cut_words.word_number
            -- below the cut a synonym may hide a better one
            where list_heads.score >= coalesce(cut_words.cut_score, 0)
            group by
                list_heads.alternative_number, list_heads.word_number,
                list_heads.listing_key, list_heads.scored_units
        ) as best
        group by best.alternative_number, best.listing_key
        having count(*) = max(best.scored_units)

    ),

    -- as good as it gets, and as many as are wanted: nothing unseen can come before the last
    found_at_list_heads as materialized (

        select
            requests.request_number,
            alternatives.alternative_number,
            best.listing_key,
            best.score
        from unseen
        inner join alternatives
            on unseen.alternative_number = alternatives.alternative_number
        inner join requests
            on alternatives.request_number = requests.request_number
        cross join lateral (
            select
                *,
                max(numbered.item_number) over () as item_count
            from (
                select
                    passing.listing_key,
                    passing.score,
                    dense_rank() over (order by {{ search_item_key() }}) as item_number
                from (
                    select
                        seen.listing_key,
                        seen.score
                    from seen
                    where
                        seen.alternative_number = unseen.alternative_number
                        and (seen.score, -seen.listing_key) >= (unseen.score, -unseen.listing_key)
                        and (
                            not alternatives.is_checked
                            or {{ is_search_match('seen.listing_key', 'alternatives.all_query', index) }}
                        )
                    order by seen.score desc, seen.listing_key
                    limit requests.candidate_limit
                ) as passing
                inner join {{ index.documents }} as documents
                    on
                        passing.listing_key = documents.listing_key
                        and documents.retired_at = {{ end_of_time() }}
            ) as numbered
        ) as best
        where best.item_count >= requests.result_limit

    )
{%- endmacro %}
