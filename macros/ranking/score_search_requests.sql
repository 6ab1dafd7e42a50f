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

    ranked as (

        select
            requests.request_number,
            requests.search_name,
            documents.product_id,
            found.listing_key,
            row_number() over (
                partition by requests.request_number
                order by
                    case requests.sort_by when 'price' then documents.price end asc nulls last,
                    case requests.sort_by when 'price_desc' then documents.price end
                    desc nulls last,
                    case
                        when requests.sort_by = 'newest' or found.score = 0
                            then documents.listed_date
                    end desc nulls last,
                    found.score desc,
                    found.listing_key
            ) as search_rank,
            cast(found.score / 10000000.0 as numeric(12, 4)) as score,
            found.is_relaxed,
            requests.result_limit
        from found
        inner join requests
            on found.request_number = requests.request_number
        inner join {{ index.documents }} as documents
            on
                found.listing_key = documents.listing_key
                and documents.retired_at = {{ end_of_time() }}

    )

    select
        request_number,
        search_name,
        product_id,
        listing_key,
        array(
            select spelling.word
            from wide_words
            cross join lateral unnest(wide_words.forms) as spelling (word)
            where wide_words.request_number = ranked.request_number
        ) as forms,
        cast(search_rank as integer) as search_rank,
        score,
        is_relaxed
    from ranked
    {% if limited -%}
    where search_rank <= result_limit
    {%- endif %}
{%- endmacro %}
