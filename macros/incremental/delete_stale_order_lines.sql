{% macro delete_stale_order_lines(held, lines, customers, products) -%}
    {# past sales never change: it is asked whether they are there, and no column is read #}
    {%- set compared = [
        'channel', 'store_id', 'order_id', 'customer_record_id', 'product_id', 'sku',
        'currency_code', 'quantity', 'returned_quantity', 'unit_price', 'discount_amount',
        'is_cancelled', 'is_price_missing', 'is_order_missing', 'ordered_at', 'returned_at',
    ] -%}
    {# as text, for 5.0 and 5.00 are equal and yet not the same row #}
    {%- set as_text = ['unit_price', 'discount_amount'] -%}
    delete from {{ held }} as held
    where
        held.order_line_key in (
            select past.order_line_key
            from {{ held }} as past
            where
                past.source_system = 'history'
                and not exists (
                    select 1
                    from {{ lines }} as lines
                    where
                        lines.source_system = 'history'
                        and lines.order_line_id = past.order_line_id
                )

            union all

            select present.order_line_key
            from {{ held }} as present
            left join {{ lines }} as lines
                on
                    present.source_system = lines.source_system
                    and present.order_line_id = lines.order_line_id
                    and lines.source_system <> 'history'
            where
                present.source_system <> 'history'
                and (
                    lines.order_line_id is null
                    {% for column in compared -%}
                    {%- if column in as_text -%}
                    or cast(present.{{ column }} as text)
                    is distinct from cast(lines.{{ column }} as text)
                    {%- else -%}
                    or present.{{ column }} is distinct from lines.{{ column }}
                    {%- endif %}
                    {% endfor %}
                )

            union all

            select pointing.order_line_key
            from {{ held }} as pointing
            left join {{ customers }} as customers
                on pointing.customer_record_id = customers.customer_record_id
            left join {{ products }} as products
                on {{ as_of_join('pointing', 'ordered_at', 'products', 'product_id') }}
            where
                pointing.customer_key
                <> coalesce(customers.customer_key, {{ unknown_member_key() }})
                or pointing.product_key
                <> coalesce(products.product_key, {{ unknown_member_key() }})
        )
{%- endmacro %}
