{% macro broad_search_words(index, words=20, share=0.8) -%}
    {#- Lavrenko and Croft, Relevance-based language models, 2001; mixed with what was asked as in
        Abdul-Jaleel et al., UMass at TREC 2004. All that are added weigh together so many times
        what the words asked for do -#}
    select
        -added.place as word_number,
        added.term,
        {{ search_term_weight(
            share ~ ' * asked.word_count * added.score / sum(added.score) over ()',
            'forms.document_count', index
        ) }} as weight,
        forms.document_count,
        array_to_string(forms.forms, ' ') as forms
    from (
        select
            postings.term,
            sum(best.score * postings.impact) as score,
            row_number() over (order by sum(best.score * postings.impact) desc, postings.term)
                as place
        from unnest(request.best_keys, request.best_scores) as best (listing_key, score)
        inner join {{ index.postings }} as postings
            on best.listing_key = postings.listing_key
        where not {{ is_search_stop_word('postings.term') }}
        group by postings.term
        -- nothing stands out where all listings have the words
        having sum(best.score * postings.impact) > 0
    ) as added
    cross join (
        select count(distinct words.word_number) as word_count
        from (
            {{ asked_search_words() }}
        ) as words
    ) as asked
    cross join lateral (
        {{ search_term_forms('added.term', index) }}
    ) as forms
    where added.place <= {{ words }}
{%- endmacro %}
