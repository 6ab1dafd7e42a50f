{% macro return_search_ranking(index) -%}
    if request.sort_by is null then
        return query
        select
            cast(null as integer),
            listed.item_key,
            listed.listing_key,
            listed.product_id,
            cast(null as boolean),
            cast(null as text[]),
            cast(null as numeric),
            listed.is_relaxed
        from (
            {{ listed_search_results(index) }}
        ) as listed;
    elsif folded_count = 0 then
        return query
        with

        {{ best_items_ctes(index, are_folded=false) }}

        select * from best_items;
    else
        return query
        with

        {{ best_items_ctes(index) }}

        select * from best_items
        union all
        {{ other_listings_of_items(index) }};
    end if;
{%- endmacro %}
