{% macro marked_search_words(row, terms, fields) -%}
    select
        jsonb_object_agg(by_field.field, by_field.matched_words)
            filter (where by_field.matched_words is not null) as matched_words,
        concat_ws(
            ' … ',
            min(by_field.marked_text) filter (where by_field.field = 'title'),
            min(by_field.marked_text)
                filter (where by_field.field = 'description' and by_field.matched_words is not null)
        ) as snippet
    from (
        select
            pieces.field,
            jsonb_agg(distinct lower(pieces.piece)) filter (where pieces.is_match)
                as matched_words,
            string_agg(
                case when pieces.is_match then '«' || pieces.piece || '»' else pieces.piece end,
                '' order by pieces.piece_number
            ) filter (
                -- of a long text what stands around the first match
                where pieces.field = 'title'
                or pieces.piece_number between pieces.first_match - 20 and pieces.first_match + 40
            ) as marked_text
        from (
            select
                *,
                min(piece_number) filter (where is_match) over (partition by field) as first_match
            from (
                select
                    texts.field,
                    found.parts[1] as piece,
                    found.piece_number,
                    coalesce(
                        {{ search_stem(folded_search_text('found.parts[1]')) }} = any({{ terms }}),
                        false
                    ) as is_match
                from (
                    values
                    {%- for field in fields %}
                    ('{{ field }}', {{ row }}.{{ field }}){{ ',' if not loop.last }}
                    {%- endfor %}
                ) as texts (field, body)
                cross join lateral
                    regexp_matches(
                        texts.body, '[[:alnum:]''’`´]+|[^[:alnum:]''’`´]+', 'g'
                    ) with ordinality as found (parts, piece_number)
            ) as judged
        ) as pieces
        group by pieces.field
    ) as by_field
{%- endmacro %}
