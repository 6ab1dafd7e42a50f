{% macro score_search_requests(requests, index, limited=true) -%}
    with

    {{ search_query_ctes(requests, index, limited) }},

    scored_words as materialized (

        select
            wanted_words.request_number,
            wanted_words.alternative_number,
            wanted_words.word_number,
            terms.term,
            terms.weight,
            terms.forms,
            terms.document_count
        from wanted_words
        inner join terms
            on
                wanted_words.word = terms.word
                and wanted_words.is_plain = terms.is_plain
        where not wanted_words.is_excluded

    ),

    {{ found_by_one_word_cte(index) }},

    {{ found_at_list_heads_ctes(index) }},

    {{ found_by_all_words_ctes(index) }},

    {{ found_by_any_word_cte(index) }},

    {{ found_by_filters_cte(index) }},

    found as (

        select
            request_number,
            listing_key,
            max(score) as score,
            bool_or(is_relaxed) as is_relaxed
        from (
            {% for way in ['one_word', 'all_words', 'filters'] -%}
            select *, false as is_relaxed from found_by_{{ way }}
            union all
            {% endfor -%}
            select request_number, listing_key, score, false as is_relaxed from found_at_list_heads
            union all
            select * from found_by_any_word
        ) as every_way
        group by request_number, listing_key

    ),

    listed as (

        select
            requests.request_number,
            requests.sort_by,
            requests.result_limit,
            documents.product_id,
            documents.price,
            documents.listed_date,
            found.listing_key,
            {{ search_item_key() }} as item_key,
            found.score,
            found.is_relaxed
        from found
        inner join requests
            on found.request_number = requests.request_number
        inner join {{ index.documents }} as documents
            on
                found.listing_key = documents.listing_key
                and documents.retired_at = {{ end_of_time() }}

    )

    {%- if limited %},

    {{ best_items_ctes(index) }}

    select * from best_items
    union all
    select * from other_listings_of_items
    {%- else %}

    select
        item_key,
        listing_key,
        product_id,
        is_relaxed
    from listed
    {%- endif %}
{%- endmacro %}
