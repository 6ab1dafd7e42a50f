{% macro found_listings_cte(scored, documents, lifecycle) -%}
    found as materialized (

        select
            scored.*,
            {%- for column in search_text_fields() + [
                'listing_status', 'currency_code', 'channels', 'country_codes', 'price',
                'listed_date',
            ] %}
            documents.{{ column }},
            {%- endfor %}
            lifecycle.product_key,
            lifecycle.canonical_product_id,
            lifecycle.sale_price,
            lifecycle.sale_count,
            lifecycle.observed_days,
            lifecycle.days_to_sell,
            lifecycle.is_sold,
            lifecycle.first_sold_at,
            lifecycle.last_sold_at
        from {{ scored }} as scored
        inner join {{ documents }} as documents
            on
                scored.listing_key = documents.listing_key
                and documents.retired_at = {{ end_of_time() }}
        left join {{ lifecycle }} as lifecycle
            on scored.product_id = lifecycle.product_id

    )
{%- endmacro %}
