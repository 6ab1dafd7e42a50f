{% macro is_search_stop_word(word) -%}
    coalesce(ts_lexize('pg_catalog.english_stem', {{ word }}) = cast(array[] as text[]), false)
{%- endmacro %}
