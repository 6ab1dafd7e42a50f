{% macro search_listing_key(column) -%}
    cast(cast('x' || left(md5({{ column }}), 16) as bit(64)) as bigint)
{%- endmacro %}
