{% macro search_term_weight(weight, document_count) -%}
    cast(
        1000 * {{ weight }} * ln(
            1 + (collection.document_count - {{ document_count }} + 0.5)
            / ({{ document_count }} + 0.5)
        )
        as bigint
    )
{%- endmacro %}
