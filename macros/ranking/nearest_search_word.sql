{% macro nearest_search_word(word, index) -%}
    select
        near.word,
        near.term,
        sum(forms.document_count) as document_count,
        array_agg(forms.word) as forms
    from (
        select
            candidates.word,
            candidates.term
        from (
            select
                vocabulary.word,
                vocabulary.term,
                vocabulary.document_count
            from {{ index.trigrams }} as trigrams
            inner join {{ index.vocabulary }} as vocabulary
                on trigrams.word = vocabulary.word
            where
                trigrams.trigram = any({{ search_trigrams(word) }})
                and abs(length(vocabulary.word) - length({{ word }})) <= 2
            group by vocabulary.word, vocabulary.term, vocabulary.document_count
            order by count(*) desc, vocabulary.document_count desc, vocabulary.word
            limit 60
        ) as candidates
        cross join lateral (
            select {{ function('search_edit_distance') }}({{ word }}, candidates.word) as distance
        ) as edits
        -- short words have many neighbours
        where
            edits.distance <= case
                when length({{ word }}) < 4 then 1 when length({{ word }}) < 8 then 2 else 3
            end
        order by edits.distance, candidates.document_count desc, candidates.word
        limit 1
    ) as near
    inner join {{ index.vocabulary }} as forms
        on near.term = forms.term
    group by near.word, near.term
{%- endmacro %}
