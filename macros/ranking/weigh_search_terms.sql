{% macro weigh_search_terms(documents, fields, names, saturation=1.75) -%}
    {#- BM25F: each field's count is set against its length, then all are added up -#}
    select
        {{ search_stem('occurrences.word') }} as term,
        documents.listing_key,
        -- whole numbers, for sums of these are the same in whatever order they are added
        cast(
            10000 * ({{ saturation }} + 1) * sum(occurrences.weight)
            / ({{ saturation }} + sum(occurrences.weight))
            as integer
        ) as impact
    from {{ documents }} as documents
    cross join lateral (
        {%- for name in names %}
        select
            tokens.word,
            fields.weight * tokens.word_count / (
                1 - fields.length_normalisation
                + fields.length_normalisation
                * sum(tokens.word_count) over () / fields.typical_length
            ) as weight
        from {{ fields }} as fields
        cross join lateral (
            select
                lexemes.lexeme as word,
                cardinality(lexemes.positions) as word_count
            from unnest({{ search_words('documents.' ~ name) }})
                as lexemes (lexeme, positions, weights)
        ) as tokens
        where fields.field = '{{ name }}'
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    ) as occurrences
    group by documents.listing_key, {{ search_stem('occurrences.word') }}
{%- endmacro %}
