{% macro best_with_rarest_word(index) -%}
    {#- the head of the rarest word's list, of which those are scored that have all other words;
        where it is cut, what is not yet seen can score so much at most: Fagin, Lotem and Naor,
        Optimal aggregation algorithms for middleware, 2003 -#}
    others_score := coalesce(others_score, (
        {{ highest_score_of_others(index) }}
    ));
    select
        array_agg(heads.listing_key) filter (
            where request.matched_keys is null
            or heads.listing_key in (select unnest(request.matched_keys))
        ),
        case when count(*) = request.depth then min(heads.score) end
    into best_keys, cut_score
    from (
        {{ asked_search_words() }}
    ) as rarest
    cross join lateral (
        select
            postings.listing_key,
            postings.impact * rarest.weight as score
        from {{ index.postings }} as postings
        where postings.term = rarest.term
        order by postings.impact desc, postings.listing_key
        limit request.depth
    ) as heads
    where rarest.word_number = request.rarest_word;
    select
        array_agg(found.listing_key),
        array_agg(found.score),
        min(found.score)
    into best_keys, best_scores, last_score
    from (
        {{ score_by_terms('request.best_keys', index) }}
    ) as found;
    is_done := cut_score is null or (
        cardinality(best_keys) >= candidate_limit and last_score > cut_score + others_score
    );
    depth := depth * 8;
{%- endmacro %}
