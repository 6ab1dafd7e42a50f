{% macro marked_search_words(forms) -%}
    {#- a sign that no text holds parts words from what stands between them -#}
    select
        jsonb_object_agg(matched.field, matched.words) filter (where matched.words is not null)
            as matched_words,
        string_agg(marked.body, ' … ' order by matched.field desc)
            filter (where matched.field in ('title', 'description')) as snippet
    from (
        select
            parted.*,
            found.first_match,
            found.words
        from (
            select
                separated.field,
                string_to_array(separated.body, e'\x1f') as pieces,
                -- one text is folded quicker than its words, one by one
                string_to_array({{ folded_search_text('separated.body') }}, e'\x1f')
                    as folded_pieces
            from (
                select
                    texts.field,
                    regexp_replace(
                        texts.body, '([^[:alnum:]\u0300-\u036f''’`´]+)', e'\x1f\\1\x1f', 'g'
                    ) as body
                from (
                    values
                    {%- for field in search_text_fields() %}
                    ('{{ field }}', documents.{{ field }}){{ ',' if not loop.last }}
                    {%- endfor %}
                ) as texts (field, body)
                -- most texts have none of the words, and need not be taken apart
                where
                    texts.field = 'title'
                    or exists (
                        select 1
                        from unnest({{ forms }}) as spelling (word)
                        where strpos({{ folded_search_text('texts.body') }}, spelling.word) > 0
                    )
                offset 0
            ) as separated
            where separated.body is not null
            offset 0
        ) as parted
        cross join lateral (
            select
                min(pieces.place) as first_match,
                jsonb_agg(distinct lower(pieces.piece)) as words
            from unnest(parted.pieces, parted.folded_pieces)
                with ordinality as pieces (piece, folded, place)
            where pieces.folded = any({{ forms }})
        ) as found
        where parted.field = 'title' or found.first_match is not null
    ) as matched
    cross join lateral (
        select
            string_agg(
                case
                    when pieces.folded = any({{ forms }}) then '«' || pieces.piece || '»'
                    else pieces.piece
                end,
                '' order by pieces.place
            ) as body
        from unnest(matched.pieces, matched.folded_pieces)
            with ordinality as pieces (piece, folded, place)
        where
            matched.field = 'title'
            -- of a long text what stands around the first match
            or (
                matched.field = 'description'
                and pieces.place between matched.first_match - 20 and matched.first_match + 40
            )
    ) as marked
{%- endmacro %}
