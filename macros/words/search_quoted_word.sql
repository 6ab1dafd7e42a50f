{% macro search_quoted_word(word) -%}
    {#- words are letters and digits only: nothing in them needs escaping -#}
    '''' || {{ word }} || ''''
{%- endmacro %}
