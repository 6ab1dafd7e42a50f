{% macro best_items_ctes(index) -%}
    ordered as (

        select
            *,
            row_number() over (
                partition by request_number
                order by
                    case sort_by when 'price' then price end asc nulls last,
                    case sort_by when 'price_desc' then price end desc nulls last,
                    case when sort_by = 'newest' or score = 0 then listed_date end desc nulls last,
                    score desc,
                    listing_key
            ) as listing_rank
        from listed

    ),

    -- an item stands where the best of its listings does
    ranked as (

        select
            *,
            row_number() over (partition by request_number order by listing_rank) as search_rank
        from (
            select
                *,
                row_number() over (partition by request_number, item_key order by listing_rank)
                    as place
            from ordered
        ) as placed
        where place = 1

    ),

    best_items as materialized (

        select
            request_number,
            cast(search_rank as integer) as search_rank,
            item_key,
            listing_key,
            product_id,
            true as is_shown,
            array(
                select spelling.word
                from wide_words
                cross join lateral unnest(wide_words.forms) as spelling (word)
                where wide_words.request_number = ranked.request_number
            ) as forms,
            cast(score / 10000000.0 as numeric(12, 4)) as score,
            is_relaxed
        from ranked
        where search_rank <= result_limit

    ),

    -- what was not read as far as them, and is found all the same
    other_listings_of_items as (

        select
            best_items.request_number,
            best_items.search_rank,
            best_items.item_key,
            documents.listing_key,
            documents.product_id,
            false as is_shown,
            best_items.forms,
            best_items.score,
            best_items.is_relaxed
        from best_items
        inner join requests
            on best_items.request_number = requests.request_number
        inner join {{ index.documents }} as documents
            on
                best_items.item_key = documents.item_key
                and documents.listing_key <> best_items.listing_key
                and documents.retired_at = {{ end_of_time() }}
        where
            requests.is_folded
            and {{ passes_search_filters() }}
            and (
                requests.search_terms is null
                or {{ has_search_words('documents', index) }}
            )

    )
{%- endmacro %}
