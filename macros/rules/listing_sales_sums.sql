{% macro listing_sales_sums(lines) -%}
    count(*) as sale_count,
    sum({{ lines }}.quantity - {{ lines }}.returned_quantity) as sold_quantity,
    {{ first_of(
        'case when not ' ~ lines ~ '.is_price_missing then ' ~ lines ~ '.unit_price end',
        lines ~ '.ordered_at, ' ~ lines ~ '.order_line_key'
    ) }} as sale_price,
    min({{ lines }}.order_date) as first_sold_date,
    max({{ lines }}.order_date) as last_sold_date,
    min({{ lines }}.ordered_at) as first_sold_at,
    max({{ lines }}.ordered_at) as last_sold_at
{%- endmacro %}
