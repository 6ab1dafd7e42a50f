{% macro keep_found_listings(found, is_relaxed='false') -%}
    select
        request.listing_keys || array_agg(kept.listing_key),
        request.scores || array_agg(cast(kept.score as bigint)),
        request.are_relaxed || array_agg({{ is_relaxed }})
    into request.listing_keys, request.scores, request.are_relaxed
    from (
        {{ found }}
    ) as kept
{%- endmacro %}
