{% macro search_words(text) -%}
    {#- letters without their accents; apostrophes go, other punctuation parts words -#}
    to_tsvector(
        'pg_catalog.simple',
        regexp_replace(
            lower(regexp_replace(normalize({{ text }}, nfkd), '[\u0300-\u036f''’`´]', '', 'g')),
            '[^[:alnum:]]+', ' ', 'g'
        )
    )
{%- endmacro %}
