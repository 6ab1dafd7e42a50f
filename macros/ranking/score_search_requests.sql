{% macro score_search_requests(requests, index, limited=true, relaxed_below=10) -%}
    with

    {{ search_query_ctes(requests, index) }},

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

    limits as (

        select
            *,
            {% if limited -%}
            case when sort_by = 'relevance' then result_limit end
            {%- else -%}
            cast(null as integer)
            {%- endif %} as candidate_limit
        from requests

    ),

    -- of one word the best are read off the index, which holds them in this order
    found_by_word as (

        select
            alternatives.request_number,
            found.listing_key,
            found.score,
            false as is_relaxed
        from alternatives
        inner join limits as requests
            on alternatives.request_number = requests.request_number
        cross join lateral (
            select
                listed.listing_key,
                max(listed.score) as score
            from scored_words
            cross join lateral (
                select
                    postings.listing_key,
                    postings.impact * scored_words.weight as score
                from {{ index.postings }} as postings
                where
                    postings.term = scored_words.term
                    and (
                        not alternatives.is_checked
                        or exists (
                            select 1
                            from {{ index.documents }} as documents
                            where
                                documents.listing_key = postings.listing_key
                                and documents.retired_at = {{ end_of_time() }}
                                and documents.words @@ alternatives.all_query
                                and {{ passes_search_filters('documents', 'requests') }}
                        )
                    )
                order by postings.impact desc, postings.listing_key
                limit requests.candidate_limit
            ) as listed
            where
                scored_words.request_number = alternatives.request_number
                and scored_words.alternative_number = alternatives.alternative_number
            group by listed.listing_key
            order by max(listed.score) desc, listed.listing_key
            limit requests.candidate_limit
        ) as found
        where alternatives.is_single_word

    ),

    {{ best_of_all_words_ctes(index) }},

    strict_matches as materialized (

        select
            alternatives.request_number,
            alternatives.alternative_number,
            found.listing_key
        from alternatives
        inner join requests
            on alternatives.request_number = requests.request_number
        cross join lateral (
            select documents.listing_key
            from {{ index.documents }} as documents
            where
                documents.words @@ alternatives.all_query
                and documents.retired_at = {{ end_of_time() }}
                and {{ passes_search_filters('documents', 'requests') }}
            offset 0
        ) as found
        where
            not alternatives.is_single_word
            and alternatives.scored_units > 0
            and (alternatives.search_mode <> 'any' or alternatives.scored_units = 1)
            and (alternatives.request_number, alternatives.alternative_number) not in (
                select
                    found_at_heads.request_number,
                    found_at_heads.alternative_number
                from found_at_heads
            )

    ),

    relaxed_alternatives as materialized (

        select
            alternatives.*,
            alternatives.search_mode = 'auto' as is_relaxed
        from alternatives
        inner join requests
            on alternatives.request_number = requests.request_number
        where
            alternatives.scored_units > 1
            and (
                alternatives.search_mode = 'any'
                or (
                    alternatives.search_mode = 'auto'
                    and (alternatives.request_number, alternatives.alternative_number) not in (
                        select
                            found_at_heads.request_number,
                            found_at_heads.alternative_number
                        from found_at_heads
                    )
                    and (
                        select count(*)
                        from strict_matches
                        where
                            strict_matches.request_number = alternatives.request_number
                            and strict_matches.alternative_number = alternatives.alternative_number
                    ) < least({{ relaxed_below }}, requests.result_limit)
                )
            )

    ),

    found_by_all_words as (

        select
            alternatives.request_number,
            found.listing_key,
            found.score,
            false as is_relaxed
        from alternatives
        inner join limits as requests
            on alternatives.request_number = requests.request_number
        cross join lateral (
            select
                best.listing_key,
                sum(best.score) as score
            from (
                select
                    strict_matches.listing_key,
                    max(postings.impact * scored_words.weight) as score
                from scored_words
                inner join strict_matches
                    on
                        scored_words.request_number = strict_matches.request_number
                        and scored_words.alternative_number = strict_matches.alternative_number
                cross join lateral (
                    select held.impact
                    from {{ index.postings }} as held
                    where
                        held.listing_key = strict_matches.listing_key
                        and held.term = scored_words.term
                    offset 0
                ) as postings
                where
                    scored_words.request_number = alternatives.request_number
                    and scored_words.alternative_number = alternatives.alternative_number
                group by strict_matches.listing_key, scored_words.word_number
            ) as best
            group by best.listing_key
            order by sum(best.score) desc, best.listing_key
            limit requests.candidate_limit
        ) as found
        where
            not alternatives.is_single_word
            and not exists (
                select 1
                from relaxed_alternatives
                where
                    relaxed_alternatives.request_number = alternatives.request_number
                    and relaxed_alternatives.alternative_number = alternatives.alternative_number
            )

    ),

    found_by_any_word as (

        select
            relaxed_alternatives.request_number,
            found.listing_key,
            found.score,
            relaxed_alternatives.is_relaxed
        from relaxed_alternatives
        inner join limits as requests
            on relaxed_alternatives.request_number = requests.request_number
        cross join lateral (
            select
                ranked.listing_key,
                ranked.score
            from (
                select
                    best.listing_key,
                    sum(best.score) as score
                from (
                    select
                        postings.listing_key,
                        max(postings.impact * scored_words.weight) as score
                    from scored_words
                    cross join lateral (
                        select
                            listing_key,
                            impact
                        from {{ index.postings }} as held
                        where held.term = scored_words.term
                        offset 0
                    ) as postings
                    where
                        scored_words.request_number = relaxed_alternatives.request_number
                        and scored_words.alternative_number
                        = relaxed_alternatives.alternative_number
                    group by postings.listing_key, scored_words.word_number
                ) as best
                group by best.listing_key
                order by sum(best.score) desc, best.listing_key
            ) as ranked
            where
                (not relaxed_alternatives.is_checked and not relaxed_alternatives.has_phrase)
                or exists (
                    select 1
                    from {{ index.documents }} as documents
                    where
                        documents.listing_key = ranked.listing_key
                        and documents.retired_at = {{ end_of_time() }}
                        and documents.words @@ relaxed_alternatives.any_query
                        and {{ passes_search_filters('documents', 'requests') }}
                )
            order by ranked.score desc, ranked.listing_key
            limit requests.candidate_limit
        ) as found

    ),

    -- nothing but filters and exclusions
    found_by_filters as (

        select
            requests.request_number,
            found.listing_key,
            cast(0 as bigint) as score,
            false as is_relaxed
        from limits as requests
        left join alternatives
            on
                requests.request_number = alternatives.request_number
                and alternatives.scored_units = 0
        cross join lateral (
            select documents.listing_key
            from {{ index.documents }} as documents
            where
                documents.retired_at = {{ end_of_time() }}
                and {{ passes_search_filters('documents', 'requests') }}
                and (
                    alternatives.request_number is null
                    or documents.words @@ alternatives.excluded_query
                )
            order by documents.listed_date desc nulls last, documents.listing_key
            limit requests.candidate_limit
        ) as found
        where requests.search_terms is null or alternatives.request_number is not null

    ),

    found as (

        select
            request_number,
            listing_key,
            max(score) as score,
            bool_or(is_relaxed) as is_relaxed
        from (
            select * from found_by_word
            union all
            select * from found_by_all_words
            union all
            select
                request_number,
                listing_key,
                score,
                false as is_relaxed
            from found_at_heads
            union all
            select * from found_by_any_word
            union all
            select * from found_by_filters
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
            from scored_words
            cross join lateral unnest(scored_words.forms) as spelling (word)
            where scored_words.request_number = ranked.request_number
        ) as forms,
        cast(search_rank as integer) as search_rank,
        score,
        is_relaxed
    from ranked
    {% if limited -%}
    where search_rank <= result_limit
    {%- endif %}
{%- endmacro %}
