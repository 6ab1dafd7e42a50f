{% macro find_by_any_word(index) -%}
    {%- set listings = 5 %}
    is_checked := is_checked or alternative.has_phrase;
    if request.search_mode = 'broad' then
        select
            array_agg(best.listing_key),
            array_agg(best.score)
        into best_keys, best_scores
        from (
            {{ best_by_any_word(asked_search_words(), listings, index) }}
        ) as best;
        select
            alternative.word_numbers || array_agg(broad.word_number),
            alternative.terms || array_agg(broad.term),
            alternative.weights || array_agg(broad.weight),
            alternative.document_counts || array_agg(broad.document_count),
            alternative.are_excluded || array_agg(false),
            alternative.forms || array_agg(broad.forms)
        into
            alternative.word_numbers, alternative.terms, alternative.weights,
            alternative.document_counts, alternative.are_excluded, alternative.forms
        from (
            {{ broad_search_words(index) }}
        ) as broad;
    end if;
    loose_queries := array_append(loose_queries, loose_query);
    select
        request.loose_numbers || array_agg(cardinality(request.loose_queries)),
        request.loose_terms || array_agg(words.term)
    into loose_numbers, loose_terms
    from (
        {{ asked_search_words() }}
    ) as words;
    {{ keep_found_listings(
        best_by_any_word(asked_search_words(), 'request.candidate_limit', index),
        "request.search_mode = 'auto'"
    ) }};
{%- endmacro %}
