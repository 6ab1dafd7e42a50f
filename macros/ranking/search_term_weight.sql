{% macro search_term_weight(weight, document_count, index) -%}
    {%- set lengths = index.field_lengths %}
    {%- set others = '(select max(lengths.document_count) from ' ~ lengths ~ ' as lengths)' %}
    cast(
        1000 * {{ weight }} * ln(
            1 + cast({{ others }} - {{ document_count }} + 0.5 as double precision)
            / cast({{ document_count }} + 0.5 as double precision)
        )
        as bigint
    )
{%- endmacro %}
