{% macro search_item_key() -%}
    case when request.is_folded then documents.item_key else documents.listing_key end
{%- endmacro %}
