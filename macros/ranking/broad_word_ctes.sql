{% macro broad_word_ctes(index, listings=5, words=20, share=0.8) -%}
    {#- Lavrenko and Croft, Relevance-based language models, 2001; mixed with what was asked as in
        Abdul-Jaleel et al., UMass at TREC 2004 -#}
    best_listings as materialized (

        select
            alternatives.alternative_number,
            found.listing_key,
            found.score
        from relaxed_alternatives as alternatives
        inner join requests
            on alternatives.request_number = requests.request_number
        cross join lateral (
            {{ best_by_any_word('scored_words', listings, index) }}
        ) as found
        where alternatives.search_mode = 'broad'

    ),

    words_of_the_best as (

        select
            best_listings.alternative_number,
            postings.term,
            sum(best_listings.score * postings.impact) as score,
            row_number() over (
                partition by best_listings.alternative_number
                order by sum(best_listings.score * postings.impact) desc, postings.term
            ) as place
        from best_listings
        inner join {{ index.postings }} as postings
            on best_listings.listing_key = postings.listing_key
        where not {{ is_search_stop_word('postings.term') }}
        group by best_listings.alternative_number, postings.term
        -- nothing stands out where all listings have the words
        having sum(best_listings.score * postings.impact) > 0

    ),

    asked as (

        select
            request_number,
            alternative_number,
            count(distinct word_number) as word_count
        from scored_words
        group by request_number, alternative_number

    ),

    -- all that are added weigh together so many times what the words asked for do
    broad_words as materialized (

        select
            asked.request_number,
            added.alternative_number,
            -added.place as word_number,
            added.term,
            {{ search_term_weight(
                share ~ ' * asked.word_count * added.score / sum(added.score) over (
                    partition by added.alternative_number
                )',
                'forms.document_count'
            ) }} as weight,
            forms.forms
        from words_of_the_best as added
        inner join asked
            on added.alternative_number = asked.alternative_number
        cross join lateral (
            {{ search_term_forms('added.term', index) }}
        ) as forms
        cross join collection
        where added.place <= {{ words }}

    ),

    wide_words as (

        {% for words in ['scored_words', 'broad_words'] -%}
        select
            request_number,
            alternative_number,
            word_number,
            term,
            weight,
            forms
        from {{ words }}
        {% if not loop.last -%}
        union all
        {% endif -%}
        {% endfor %}

    )
{%- endmacro %}
