{% macro search_term_ctes(index) -%}
    -- the same word may be plain in one alternative or request, and excluded or quoted in another
    expanded_terms as (

        select
            word,
            is_plain,
            term,
            max(weight) as weight
        from (
            select
                word,
                is_plain,
                term,
                1.0 as weight
            from wanted_words

            union all

            select
                wanted.word,
                wanted.is_plain,
                {{ search_stem('synonyms.synonym') }} as term,
                synonyms.weight
            from (select distinct word, is_plain, term from wanted_words where is_plain) as wanted
            inner join {{ index.synonyms }} as synonyms
                on wanted.word = synonyms.word or wanted.term = {{ search_stem('synonyms.word') }}
        ) as every_way
        group by word, is_plain, term

    ),

    known_terms as materialized (

        select
            expanded_terms.word,
            expanded_terms.is_plain,
            expanded_terms.term,
            expanded_terms.weight,
            forms.document_count,
            forms.forms
        from expanded_terms
        cross join lateral (
            {{ search_term_forms('expanded_terms.term', index) }}
        ) as forms

    ),

    corrections as materialized (

        select
            unknown.word,
            true as is_plain,
            nearest.word as corrected_word,
            nearest.term,
            nearest.document_count,
            nearest.forms
        from (
            select distinct word from wanted_words
            where
                is_plain
                and word not in (
                    select known_terms.word from known_terms
                    where known_terms.is_plain
                )
        ) as unknown
        cross join lateral (
            {{ nearest_search_word('unknown.word', index) }}
        ) as nearest

    ),

    collection as (

        select max(document_count) as document_count from {{ index.field_lengths }}

    ),

    terms as materialized (

        select
            found.word,
            found.is_plain,
            found.term,
            found.forms,
            found.document_count,
            {{ search_term_weight('found.weight', 'found.document_count') }} as weight
        from (
            select word, is_plain, term, weight, document_count, forms from known_terms
            union all
            select word, is_plain, term, 1.0 as weight, document_count, forms from corrections
        ) as found
        cross join collection

    )
{%- endmacro %}
