{% macro found_by_all_words_ctes(index) -%}
    {#- in mode auto so many listings must have all words, or else any of them will do -#}
    {%- set enough = 10 %}
    strict_matches as materialized (

        select
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
                and {{ passes_search_filters() }}
            offset 0
        ) as found
        where
            not alternatives.is_single_word
            and alternatives.scored_units > 0
            and alternatives.search_mode <> 'broad'
            and (alternatives.search_mode <> 'any' or alternatives.scored_units = 1)
            and alternatives.alternative_number not in (
                select found_at_list_heads.alternative_number from found_at_list_heads
            )

    ),

    relaxed_alternatives as materialized (

        select
            alternatives.*,
            alternatives.search_mode = 'auto' as is_relaxed,
            alternatives.is_checked or alternatives.has_phrase as is_matched,
            -- of a broad search's words a listing may have none
            case alternatives.search_mode
                when 'broad' then alternatives.excluded_query else alternatives.any_query
            end as matched_query
        from alternatives
        inner join requests
            on alternatives.request_number = requests.request_number
        where
            (alternatives.search_mode = 'broad' and alternatives.scored_units > 0)
            or (alternatives.search_mode = 'any' and alternatives.scored_units > 1)
            or (
                alternatives.search_mode = 'auto'
                and alternatives.scored_units > 1
                and alternatives.alternative_number not in (
                    select found_at_list_heads.alternative_number from found_at_list_heads
                )
                and (
                    select count(*)
                    from strict_matches
                    where strict_matches.alternative_number = alternatives.alternative_number
                ) < least({{ enough }}, requests.result_limit)
            )

    ),

    found_by_all_words as (

        select
            alternatives.request_number,
            found.listing_key,
            found.score
        from alternatives
        inner join requests
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
                    on scored_words.alternative_number = strict_matches.alternative_number
                cross join lateral (
                    select held.impact
                    from {{ index.postings }} as held
                    where
                        held.listing_key = strict_matches.listing_key
                        and held.term = scored_words.term
                    offset 0
                ) as postings
                where scored_words.alternative_number = alternatives.alternative_number
                group by strict_matches.listing_key, scored_words.word_number
            ) as best
            group by best.listing_key
            order by sum(best.score) desc, best.listing_key
            limit requests.candidate_limit
        ) as found
        where
            not alternatives.is_single_word
            and alternatives.alternative_number not in (
                select relaxed_alternatives.alternative_number from relaxed_alternatives
            )

    )
{%- endmacro %}
