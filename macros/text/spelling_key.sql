{% macro spelling_key(column) -%}
    {#- the first ten signs become blanks, the others go -#}
    nullif(trim(regexp_replace(
        translate(lower({{ column }}), '-/,;:()+_|.''’`´"&!?*', '          '),
        '[[:space:]]+', ' ', 'g'
    )), '')
{%- endmacro %}
