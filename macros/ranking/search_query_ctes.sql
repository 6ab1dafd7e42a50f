{% macro search_query_ctes(requests, index, limited=true) -%}
    requests as (

        {{ number_search_requests(requests, index, limited) }}

    ),

    query_words as (

        {{ parse_search_terms('requests') }}

    ),

    -- stop words count in phrases only, unless there is nothing else, and a plain word counts once
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
                    over (partition by alternative_number) as has_content,
                row_number() over (
                    partition by
                        alternative_number, is_phrase, is_excluded, {{ search_stem('word') }}
                    order by word_number
                ) as occurrence
            from query_words
        ) as judged
        where
            is_phrase or is_excluded
            or (occurrence = 1 and not (is_stop_word and has_content))

    ),

    {{ search_term_ctes(index) }},

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
            coalesce(
                grouped.scored_units = 1 and not grouped.has_phrase
                and requests.search_mode <> 'broad',
                false
            ) as is_single_word,
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
