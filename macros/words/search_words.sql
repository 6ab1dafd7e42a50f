{% macro search_words(text) -%}
    {#- whatever is neither letter nor digit parts words -#}
    to_tsvector(
        'pg_catalog.simple',
        regexp_replace({{ folded_search_text(text) }}, '[^[:alnum:]]+', ' ', 'g')
    )
{%- endmacro %}
