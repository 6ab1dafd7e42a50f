{% macro wanted_search_words(words) -%}
    {#- stop words count in phrases only, unless there is nothing else; a plain word counts once -#}
    select
        *,
        not is_phrase and not is_excluded as is_plain
    from (
        select
            *,
            bool_or(is_phrase or not is_stop_word) filter (where not is_excluded)
                over (partition by alternative_number) as has_content,
            row_number() over (
                partition by alternative_number, is_phrase, is_excluded, term
                order by word_number
            ) as occurrence
        from (
            select
                *,
                {{ search_stem('word') }} as term,
                {{ is_search_stop_word('word') }} as is_stop_word
            from (
                {{ words }}
            ) as words
        ) as stemmed
    ) as judged
    where
        is_phrase or is_excluded
        or (occurrence = 1 and not (is_stop_word and has_content))
{%- endmacro %}
