{% macro search_document_words(fields) -%}
    {#- a word between the fields, taken away again, so that no phrase spans two of them -#}
    ts_delete(
        {{ search_words("concat_ws(' fieldbreak ', " ~ fields | join(', ') ~ ')') }},
        'fieldbreak'
    )
{%- endmacro %}
