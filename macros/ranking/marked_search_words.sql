{% macro marked_search_words(forms) -%}
    {#- a sign that no text holds parts words from what stands between them -#}
    select
        jsonb_object_agg(by_field.field, by_field.matched_words)
            filter (where by_field.matched_words is not null) as matched_words,
        string_agg(by_field.marked_text, ' … ' order by by_field.field desc)
            filter (where by_field.field in ('title', 'description')) as snippet
    from (
        select
            judged.field,
            jsonb_agg(distinct lower(judged.piece)) filter (where judged.is_match)
                as matched_words,
            string_agg(
                case when judged.is_match then '«' || judged.piece || '»' else judged.piece end,
                '' order by judged.piece_number
            ) filter (
                -- of a long text what stands around the first match
                where judged.field = 'title'
                or judged.piece_number
                between judged.first_match - 20 and judged.first_match + 40
            ) as marked_text
        from (
            select
                *,
                min(piece_number) filter (where is_match) over (partition by field) as first_match
            from (
                select
                    parted.field,
                    found.piece,
                    found.piece_number,
                    found.folded = any({{ forms }}) as is_match
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
                                texts.body,
                                '([^[:alnum:]\u0300-\u036f''’`´]+)', e'\x1f\\1\x1f', 'g'
                            ) as body
                        from (
                            values
                            {%- for field in search_text_fields() %}
                            ('{{ field }}', documents.{{ field }}){{ ',' if not loop.last }}
                            {%- endfor %}
                        ) as texts (field, body)
                        where texts.body is not null
                    ) as separated
                    offset 0
                ) as parted
                cross join lateral unnest(parted.pieces, parted.folded_pieces)
                    with ordinality as found (piece, folded, piece_number)
                where
                    found.piece <> ''
                    and (parted.field = 'title' or parted.folded_pieces && {{ forms }})
            ) as spelt
        ) as judged
        group by judged.field
    ) as by_field
{%- endmacro %}
