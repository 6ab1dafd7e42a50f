{% macro explained_search_request(terms, index) -%}
    with

    wanted_words as (

        {{ wanted_search_words(parse_search_terms(terms)) }}

    ),

    unknown_words as materialized (

        select distinct
            wanted_words.word,
            wanted_words.is_plain
        from wanted_words
        where
            not wanted_words.is_excluded
            and not exists ({{ known_search_terms('wanted_words', index) }})

    ),

    corrections as materialized (

        select
            unknown_words.word,
            nearest.word as corrected_word
        from unknown_words
        left join lateral (
            {{ nearest_search_word('unknown_words.word', index) }}
        ) as nearest
            on unknown_words.is_plain

    ),

    nearest_words as (

        select distinct nearest.word
        from corrections
        cross join lateral (
            select trigrams.word
            from {{ index.trigrams }} as trigrams
            where trigrams.trigram = any({{ search_trigrams('corrections.word') }})
            group by trigrams.word
            order by count(*) desc, trigrams.word
            limit 3
        ) as nearest
        where corrections.corrected_word is null

    )

    select
        array(
            select distinct word || ' → ' || corrected_word
            from corrections
            where corrected_word is not null
            order by 1
        ) as corrected_words,
        array(
            select distinct word
            from corrections
            where corrected_word is null
            order by 1
        ) as unknown_words,
        array(
            select word
            from nearest_words
            order by 1
        ) as nearest_words
{%- endmacro %}
