{% macro search_queries() -%}
    {#- of a broad search's words a listing may have none -#}
    select
        cast(
            string_agg(
                case when units.is_excluded then '!(' else '(' end || units.query || ')', ' & '
            ) as tsquery
        ) as strict_query,
        cast(
            nullif(concat_ws(
                ' & ',
                '('
                || string_agg('(' || units.query || ')', ' | ') filter (
                    where not units.is_excluded and request.search_mode <> 'broad'
                )
                || ')',
                string_agg('!(' || units.query || ')', ' & ') filter (where units.is_excluded)
            ), '') as tsquery
        ) as loose_query
    from (
        select
            words.is_excluded,
            case
                when words.is_phrase
                    then string_agg(
                        {{ search_quoted_word('words.word') }}, ' <-> ' order by words.word_number
                    )
                else coalesce(
                    string_agg(
                        {{ search_quoted_word("replace(words.forms, ' ', ''' | ''')") }}, ' | '
                    ),
                    min({{ search_quoted_word('words.word') }})
                )
            end as query
        from unnest(
            alternative.unit_numbers, alternative.word_numbers, alternative.words,
            alternative.are_excluded, alternative.are_phrases, alternative.forms
        ) as words (unit_number, word_number, word, is_excluded, is_phrase, forms)
        group by words.unit_number, words.is_excluded, words.is_phrase
    ) as units
{%- endmacro %}
