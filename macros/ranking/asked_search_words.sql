{% macro asked_search_words() -%}
    select
        words.word_number,
        words.term,
        words.weight,
        words.document_count
    from unnest(
        alternative.word_numbers, alternative.terms, alternative.weights,
        alternative.document_counts, alternative.are_excluded
    ) as words (word_number, term, weight, document_count, is_excluded)
    where words.term is not null and not words.is_excluded
{%- endmacro %}
