{% macro best_items_ctes(index, are_folded=true) -%}
    listed as (

        {{ listed_search_results(index) }}

    ),

    ordered as (

        select
            *,
            row_number() over (
                order by
                    case request.sort_by when 'price' then price end asc nulls last,
                    case request.sort_by when 'price_desc' then price end desc nulls last,
                    case when request.sort_by = 'newest' or score = 0 then listed_date end
                        desc nulls last,
                    score desc,
                    listing_key
            ) as listing_rank
        from listed

    ),

    {% if are_folded -%}
    -- an item stands where the best of its listings does
    placed as (

        select
            *,
            row_number() over (partition by item_key order by listing_rank) as place
        from ordered

    ),
    {%- endif %}

    best_items as (

        select
            cast(row_number() over (order by listing_rank) as integer) as search_rank,
            item_key,
            listing_key,
            product_id,
            true as is_shown,
            request.forms as forms,
            cast(score / 10000000.0 as numeric(12, 4)) as score,
            is_relaxed
        {%- if are_folded %}
        from placed
        where place = 1
        {%- else %}
        from ordered
        {%- endif %}
        order by listing_rank
        limit request.result_limit

    )
{%- endmacro %}
