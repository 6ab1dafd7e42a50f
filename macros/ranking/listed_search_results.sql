{% macro listed_search_results(index) -%}
    {#- what several alternatives find counts as by that which it fits best -#}
    select
        documents.product_id,
        documents.price,
        documents.listed_date,
        found.listing_key,
        {{ search_item_key() }} as item_key,
        found.score,
        found.is_relaxed
    from (
        select
            every_way.listing_key,
            max(every_way.score) as score,
            bool_or(every_way.is_relaxed) as is_relaxed
        from unnest(request.listing_keys, request.scores, request.are_relaxed)
            as every_way (listing_key, score, is_relaxed)
        group by every_way.listing_key
    ) as found
    inner join {{ index.documents }} as documents
        on
            found.listing_key = documents.listing_key
            and documents.retired_at = {{ end_of_time() }}
{%- endmacro %}
