{% macro search_item_status(listings) -%}
    case
        {%- for status in ['available', 'sold'] %}
        when bool_or({{ listings }}.listing_status = '{{ status }}') then '{{ status }}'
        {%- endfor %}
        else 'withdrawn'
    end
{%- endmacro %}
