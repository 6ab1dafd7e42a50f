{% macro marked_search_words(row, forms, fields) -%}
    {#- a sign that no text holds parts words from what stands between them -#}
    select
        jsonb_object_agg(by_field.field, by_field.matched_words)
            filter (where by_field.matched_words is not null) as matched_words,
        string_agg(by_field.marked_text, ' … ' order by by_field.field desc)
            filter (
                where by_field.field = 'title'
                or (by_field.field = 'description' and by_field.matched_words is not null)
            ) as snippet
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
                    texts.field,
                    found.piece,
                    found.piece_number,
                    {{ folded_search_text('found.piece') }} = any({{ forms }}) as is_match
                from (
                    values
                    {%- for field in fields %}
                    ('{{ field }}', {{ row }}.{{ field }}){{ ',' if not loop.last }}
                    {%- endfor %}
                ) as texts (field, body)
                cross join lateral
                    string_to_table(
                        regexp_replace(
                            texts.body, '([^[:alnum:]\u0300-\u036f''’`´]+)', e'\x1f\\1\x1f', 'g'
                        ),
                        e'\x1f'
                    ) with ordinality as found (piece, piece_number)
                where texts.body is not null and found.piece <> ''
            ) as spelt
        ) as judged
        group by judged.field
    ) as by_field
{%- endmacro %}
