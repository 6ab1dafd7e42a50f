{% macro clean_text(column) -%}
    {#- trim() alone takes away blanks only; exports also pad with tabs and hard blanks -#}
    nullif(trim(both e' \t\r\n\u00a0\ufeff' from {{ column }}), '')
{%- endmacro %}
