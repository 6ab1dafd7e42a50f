{% macro sql_text_array(texts) %}
    {%- if texts is none -%}
        {{ return('cast(null as text[])') }}
    {%- endif -%}
    {%- set literals = [] -%}
    {%- for text in texts -%}
        {%- do literals.append(sql_text(text)) -%}
    {%- endfor -%}
    {{ return('cast(array[' ~ literals | join(', ') ~ '] as text[])') }}
{% endmacro %}
