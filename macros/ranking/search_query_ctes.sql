{% macro search_query_ctes(requests, index) -%}
    requests as (

        {{ number_search_requests(requests) }}

    ),

    query_words as (

        {{ parse_search_terms('requests') }}

    ),

    -- stop words count in phrases only, unless there is nothing else
    wanted_words as (

        select
            *,
            {{ search_stem('word') }} as term,
            not is_phrase and not is_excluded as is_plain
        from (
            select
                *,
                {{ is_search_stop_word('word') }} as is_stop_word,
                bool_or(is_phrase or not {{ is_search_stop_word('word') }})
                    filter (where not is_excluded)
                    over (partition by request_number, alternative_number) as has_content
            from query_words
        ) as judged
        where is_phrase or is_excluded or not (is_stop_word and has_content)

    ),

    collection as (

        select max(document_count) as document_count from {{ index.field_lengths }}

    ),

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
            select
                sum(vocabulary.document_count) as document_count,
                array_agg(vocabulary.word) as forms
            from {{ index.vocabulary }} as vocabulary
            where vocabulary.term = expanded_terms.term
            having count(*) > 0
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
            {{ nearest_search_words('unknown.word', index.vocabulary, index.trigrams) }}
        ) as nearest

    ),

    terms as materialized (

        select
            found.word,
            found.is_plain,
            found.term,
            found.forms,
            found.document_count,
            cast(
                1000 * found.weight * ln(
                    1 + (collection.document_count - found.document_count + 0.5)
                    / (found.document_count + 0.5)
                )
                as bigint
            ) as weight
        from (
            select word, is_plain, term, weight, document_count, forms from known_terms
            union all
            select word, is_plain, term, 1.0 as weight, document_count, forms from corrections
        ) as found
        cross join collection

    ),

    units as materialized (

        select
            wanted_words.request_number,
            wanted_words.alternative_number,
            wanted_words.unit_number,
            wanted_words.is_excluded,
            wanted_words.is_phrase,
            case
                when wanted_words.is_phrase
                    then string_agg(
                        {{ search_quoted_word('wanted_words.word') }}, ' <-> '
                        order by wanted_words.word_number
                    )
                else coalesce(
                    string_agg(forms.query, ' | '), min({{ search_quoted_word('wanted_words.word') }})
                )
            end as query
        from wanted_words
        left join lateral (
            select string_agg({{ search_quoted_word('spelling.word') }}, ' | ') as query
            from terms
            cross join lateral unnest(terms.forms) as spelling (word)
            where
                terms.word = wanted_words.word
                and terms.is_plain = wanted_words.is_plain
        ) as forms
            on true
        group by
            wanted_words.request_number, wanted_words.alternative_number,
            wanted_words.unit_number, wanted_words.is_excluded, wanted_words.is_phrase

    ),

    alternatives as materialized (

        select
            requests.request_number,
            grouped.alternative_number,
            grouped.scored_units,
            coalesce(grouped.scored_units = 1 and not grouped.has_phrase, false) as is_single_word,
            requests.has_filters or grouped.excluded_query is not null as is_checked,
            grouped.has_phrase,
            cast(concat_ws(' & ', grouped.all_query, grouped.excluded_query) as tsquery) as all_query,
            cast(concat_ws(' & ', grouped.any_query, grouped.excluded_query) as tsquery) as any_query,
            cast(grouped.excluded_query as tsquery) as excluded_query,
            requests.search_mode
        from requests
        inner join (
            select
                request_number,
                alternative_number,
                count(*) filter (where not is_excluded) as scored_units,
                bool_or(is_phrase and not is_excluded) as has_phrase,
                string_agg('(' || query || ')', ' & ') filter (where not is_excluded) as all_query,
                '(' || string_agg('(' || query || ')', ' | ') filter (where not is_excluded) || ')'
                    as any_query,
                string_agg('!(' || query || ')', ' & ') filter (where is_excluded)
                    as excluded_query
            from units
            group by request_number, alternative_number
        ) as grouped
            on requests.request_number = grouped.request_number

    )
{%- endmacro %}
