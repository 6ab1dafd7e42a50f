{% macro search_stem(word) -%}
    {#- stop words have no stem and stay as they are: "the" may be part of a brand -#}
    coalesce((ts_lexize('pg_catalog.english_stem', {{ word }}))[1], {{ word }})
{%- endmacro %}
