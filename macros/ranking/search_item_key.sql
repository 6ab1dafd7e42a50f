{% macro search_item_key() -%}
    case when requests.is_folded then documents.item_key else documents.listing_key end
{%- endmacro %}
