{% macro explained_search_requests(requests, index) -%}
    with

    {{ search_query_ctes(requests, index) }},

    unknown_words as (

        select distinct
            wanted_words.request_number,
            wanted_words.word
        from wanted_words
        where
            not wanted_words.is_excluded
            and not exists (
                select 1 from terms
                where
                    terms.word = wanted_words.word
                    and terms.is_plain = wanted_words.is_plain
            )

    ),

    nearest_words as (

        select
            unknown_words.request_number,
            array_agg(distinct nearest.word) as nearest_words
        from unknown_words
        cross join lateral (
            select trigrams.word
            from {{ index.trigrams }} as trigrams
            where trigrams.trigram = any({{ search_trigrams('unknown_words.word') }})
            group by trigrams.word
            order by count(*) desc, trigrams.word
            limit 3
        ) as nearest
        group by unknown_words.request_number

    )

    select
        requests.request_number,
        array(
            select distinct corrections.word || ' → ' || corrections.corrected_word
            from wanted_words
            inner join corrections
                on
                    wanted_words.word = corrections.word
                    and wanted_words.is_plain = corrections.is_plain
            where wanted_words.request_number = requests.request_number
            order by 1
        ) as corrected_words,
        array(
            select unknown_words.word
            from unknown_words
            where unknown_words.request_number = requests.request_number
            order by 1
        ) as unknown_words,
        coalesce(nearest_words.nearest_words, cast(array[] as text[])) as nearest_words
    from requests
    left join nearest_words
        on requests.request_number = nearest_words.request_number
{%- endmacro %}
