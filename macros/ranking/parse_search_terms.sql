{% macro parse_search_terms(requests) -%}
    with

    pieces as (

        select
            requests.request_number,
            found.piece_number,
            found.parts[1] = '-' as is_excluded,
            found.parts[2] is not null as is_phrase,
            coalesce(found.parts[2], found.parts[3]) as piece
        from {{ requests }} as requests
        cross join lateral
            regexp_matches(
                translate(requests.search_terms, '“”„«»', '"""""'),
                '(-?)(?:"([^"]*)"?|([^[:space:]"]+))',
                'g'
            ) with ordinality as found (parts, piece_number)

    ),

    separated as (

        select
            *,
            not is_excluded and not is_phrase and lower(piece) = 'or' as is_separator
        from pieces

    ),

    -- or binds looser than words that stand side by side
    alternatives as (

        select
            *,
            -- numbered through all requests, each of which begins with one
            count(*) filter (where is_separator or piece_number = 1)
                over (order by request_number, piece_number)
                as alternative_number
        from separated

    )

    select
        alternatives.request_number,
        alternatives.alternative_number,
        dense_rank() over (
            partition by alternatives.request_number
            order by
                alternatives.piece_number,
                case
                    when not alternatives.is_excluded and not alternatives.is_phrase
                        then tokens.word_number
                end
        ) as unit_number,
        row_number() over (
            partition by alternatives.request_number
            order by alternatives.piece_number, tokens.word_number
        ) as word_number,
        tokens.word,
        alternatives.is_excluded,
        alternatives.is_phrase
        or (
            alternatives.is_excluded
            and count(*) over (
                partition by alternatives.request_number, alternatives.piece_number
            ) > 1
        ) as is_phrase
    from alternatives
    cross join lateral (
        select
            words.lexeme as word,
            places.word_number
        from unnest({{ search_words('alternatives.piece') }}) as words
        cross join lateral unnest(words.positions) as places (word_number)
    ) as tokens
    where not alternatives.is_separator
{%- endmacro %}
