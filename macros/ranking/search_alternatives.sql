{% macro search_alternatives(words, index) -%}
    select
        words.alternative_number,
        count(distinct words.unit_number) filter (where not words.is_excluded) as unit_count,
        coalesce(bool_or(words.is_phrase and not words.is_excluded), false) as has_phrase,
        bool_or(words.is_excluded) as has_exclusion,
        array_agg(words.unit_number) as unit_numbers,
        array_agg(words.word_number) as word_numbers,
        array_agg(words.word) as words,
        array_agg(words.is_excluded) as are_excluded,
        array_agg(words.is_phrase) as are_phrases,
        array_agg(known.term) as terms,
        array_agg(known.weight) as weights,
        array_agg(known.document_count) as document_counts,
        array_agg(array_to_string(known.forms, ' ')) as forms
    from (
        {{ wanted_search_words(words) }}
    ) as words
    left join lateral (
        {{ known_search_terms('words', index) }}
    ) as known
        on true
    group by words.alternative_number
    order by words.alternative_number
{%- endmacro %}
