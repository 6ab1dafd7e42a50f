{% macro search_list_heads_ctes(index) -%}
    {%- set worthwhile = 10000 %}
    {%- set depth = 'requests.result_limit * 20 + 200' %}
    word_frequencies as (

        select
            alternative_number,
            word_number,
            sum(document_count) as document_count
        from scored_words
        group by alternative_number, word_number

    ),

    -- were words spread evenly, so many listings would have them all in one place of the lists;
    -- in truth they are several times as many, for some words go together
    expected_matches as materialized (

        select
            word_frequencies.alternative_number,
            -- thousands of words would make it less than the least that a number can be
            exp(greatest(
                sum(ln(word_frequencies.document_count / collection.document_count))
                + ln(max(collection.document_count)), -100
            )) as matches,
            max(word_frequencies.document_count) as longest_list
        from word_frequencies
        cross join collection
        group by word_frequencies.alternative_number

    ),

    list_heads as materialized (

        select
            alternatives.alternative_number,
            scored_words.word_number,
            scored_words.term,
            heads.listing_key,
            heads.impact * scored_words.weight as score,
            {{ depth }} as depth,
            alternatives.scored_units
        from alternatives
        inner join requests
            on alternatives.request_number = requests.request_number
        inner join scored_words
            on alternatives.alternative_number = scored_words.alternative_number
        inner join expected_matches
            on alternatives.alternative_number = expected_matches.alternative_number
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
            and alternatives.search_mode not in ('any', 'broad')
            -- few are scored one by one sooner than the lists are read
            and expected_matches.matches >= {{ worthwhile }}
            and expected_matches.matches / expected_matches.longest_list * 8 * ({{ depth }})
            >= requests.result_limit
            and requests.candidate_limit is not null

    )
{%- endmacro %}
