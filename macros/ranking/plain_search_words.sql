{% macro plain_search_words(terms) -%}
    {#- what parse_search_terms gives of words without any signs, in less time -#}
    select
        cast(1 as bigint) as alternative_number,
        cast(words.positions[1] as bigint) as unit_number,
        cast(words.positions[1] as bigint) as word_number,
        words.lexeme as word,
        false as is_excluded,
        false as is_phrase
    from unnest({{ search_words(terms) }}) as words
{%- endmacro %}
