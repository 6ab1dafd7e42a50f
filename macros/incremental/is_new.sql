{% macro is_new(rows, mark) -%}
    {#- of each row PostgreSQL knows the transaction that wrote it -#}
    {{ 'age(' ~ rows ~ '.xmin) <= ' ~ mark if mark else 'true' }}
{%- endmacro %}
