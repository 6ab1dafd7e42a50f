{% macro best_of_all_words_ctes(index) -%}
    {#- Fagin, Lotem and Naor, Optimal aggregation algorithms for middleware, 2003: where the lists
        of the words are cut, what is not yet seen can score this much at most -#}
    {%- set worthwhile = 10000 %}
    {%- set depth = 'requests.candidate_limit * 20 + 200' %}
    word_frequencies as (

        select
            request_number,
            alternative_number,
            word_number,
            sum(document_count) as document_count
        from scored_words
        group by request_number, alternative_number, word_number

    ),

    -- were words spread evenly, so many listings would have them all in one place of the lists;
    -- in truth they are several times as many, for some words go together
    expected_matches as materialized (

        select
            word_frequencies.request_number,
            word_frequencies.alternative_number,
            -- thousands of words would make it less than the least that a number can be
            exp(greatest(
                sum(ln(word_frequencies.document_count / collection.document_count))
                + ln(max(collection.document_count)), -100
            )) as matches,
            max(word_frequencies.document_count) as longest_list
        from word_frequencies
        cross join collection
        group by word_frequencies.request_number, word_frequencies.alternative_number

    ),

    list_heads as materialized (

        select
            alternatives.request_number,
            alternatives.alternative_number,
            scored_words.word_number,
            scored_words.term,
            heads.listing_key,
            heads.impact * scored_words.weight as score,
            {{ depth }} as depth,
            alternatives.scored_units
        from alternatives
        inner join limits as requests
            on alternatives.request_number = requests.request_number
        inner join scored_words
            on
                alternatives.request_number = scored_words.request_number
                and alternatives.alternative_number = scored_words.alternative_number
        inner join expected_matches
            on
                alternatives.request_number = expected_matches.request_number
                and alternatives.alternative_number = expected_matches.alternative_number
        cross join lateral (
            select
                postings.listing_key,
                postings.impact
            from {{ index.postings }} as postings
            where postings.term = scored_words.term
            order by postings.impact desc, postings.listing_key
            limit {{ depth }}
        ) as heads
        where
            alternatives.scored_units > 1
            and not alternatives.has_phrase
            and alternatives.search_mode <> 'any'
            -- few are scored one by one sooner than the lists are read
            and expected_matches.matches >= {{ worthwhile }}
            and expected_matches.matches / expected_matches.longest_list * 8 * ({{ depth }})
            >= requests.candidate_limit

    ),

    cut_words as materialized (

        select
            terms.request_number,
            terms.alternative_number,
            terms.word_number,
            max(terms.highest_score) as highest_score,
            max(terms.cut_score) as cut_score,
            (array_agg(terms.cut_key order by terms.cut_score desc nulls last, terms.cut_key))[1]
                as cut_key
        from (
            select
                request_number,
                alternative_number,
                word_number,
                max(score) as highest_score,
                -- none if the list was read to its end
                case when count(*) = max(depth) then min(score) end as cut_score,
                (array_agg(listing_key order by score asc, listing_key desc))[1] as cut_key
            from list_heads
            group by request_number, alternative_number, word_number, term
        ) as terms
        group by terms.request_number, terms.alternative_number, terms.word_number

    ),

    unseen as (

        select
            request_number,
            alternative_number,
            count(*) as word_count,
            sum(highest_score) - min(highest_score - cut_score) as score,
            (array_agg(cut_key order by highest_score - cut_score asc nulls last, cut_key))[1]
                as listing_key
        from cut_words
        group by request_number, alternative_number

    ),

    seen as (

        select
            best.request_number,
            best.alternative_number,
            best.listing_key,
            sum(best.score) as score
        from (
            select
                list_heads.scored_units,
                list_heads.request_number,
                list_heads.alternative_number,
                list_heads.word_number,
                list_heads.listing_key,
                max(list_heads.score) as score
            from list_heads
            inner join cut_words
                on
                    list_heads.request_number = cut_words.request_number
                    and list_heads.alternative_number = cut_words.alternative_number
                    and list_heads.word_number = cut_words.word_number
            -- below the cut a synonym may hide a better one
            where list_heads.score >= coalesce(cut_words.cut_score, 0)
            group by
                list_heads.request_number, list_heads.alternative_number,
                list_heads.word_number, list_heads.listing_key, list_heads.scored_units
        ) as best
        group by best.request_number, best.alternative_number, best.listing_key
        having count(*) = max(best.scored_units)

    ),

    -- as good as it gets, and as many as are wanted: nothing unseen can come before the last
    found_at_heads as materialized (

        select
            unseen.request_number,
            unseen.alternative_number,
            best.listing_key,
            best.score
        from unseen
        inner join alternatives
            on
                unseen.request_number = alternatives.request_number
                and unseen.alternative_number = alternatives.alternative_number
        inner join limits as requests
            on unseen.request_number = requests.request_number
        cross join lateral (
            select
                passing.listing_key,
                passing.score,
                count(*) over () as passing_count
            from (
                select
                    seen.listing_key,
                    seen.score
                from seen
                where
                    seen.request_number = unseen.request_number
                    and seen.alternative_number = unseen.alternative_number
                    and (
                        seen.score > unseen.score
                        or (seen.score = unseen.score and seen.listing_key <= unseen.listing_key)
                    )
                    and (
                        not alternatives.is_checked
                        or exists (
                            select 1
                            from {{ index.documents }} as documents
                            where
                                documents.listing_key = seen.listing_key
                                and documents.retired_at = {{ end_of_time() }}
                                and documents.words @@ alternatives.all_query
                                and {{ passes_search_filters('documents', 'requests') }}
                        )
                    )
                order by seen.score desc, seen.listing_key
                limit requests.candidate_limit
            ) as passing
        ) as best
        where best.passing_count = requests.candidate_limit

    )
{%- endmacro %}
