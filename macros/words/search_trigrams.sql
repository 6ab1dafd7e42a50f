{% macro search_trigrams(word) -%}
    {#- two blanks before the word, one behind: its beginning counts twice -#}
    array(
        select distinct substr('  ' || {{ word }} || ' ', place, 3)
        from generate_series(1, length({{ word }}) + 1) as place
    )
{%- endmacro %}
