{% macro parse_search_terms(terms) -%}
    with

    pieces as (

        select
            found.piece_number,
            found.parts[1] = '-' as is_excluded,
            found.parts[2] is not null as is_phrase,
            coalesce(found.parts[2], found.parts[3]) as piece
        from regexp_matches(
            translate({{ terms }}, '“”„«»', '"""""'),
            '(-?)(?:"([^"]*)"?|([^[:space:]"]+))',
            'g'
        ) with ordinality as found (parts, piece_number)

    ),

    -- or binds looser than words that stand side by side
    alternatives as (

        select
            *,
            1 + count(*) filter (where is_separator) over (order by piece_number)
                as alternative_number
        from (
            select
                *,
                not is_excluded and not is_phrase and lower(piece) = 'or' as is_separator
            from pieces
        ) as separated

    )

    select
        alternatives.alternative_number,
        case
            when alternatives.is_excluded or alternatives.is_phrase then -alternatives.piece_number
            else row_number() over by_place
        end as unit_number,
        row_number() over by_place as word_number,
        tokens.word,
        alternatives.is_excluded,
        alternatives.is_phrase
        or (
            alternatives.is_excluded
            and count(*) over (partition by alternatives.piece_number) > 1
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
    window by_place as (order by alternatives.piece_number, tokens.word_number)
{%- endmacro %}
