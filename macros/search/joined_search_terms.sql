{% macro joined_search_terms(texts) %}
    {%- if texts is none -%}
        {{ return(none) }}
    {%- endif -%}
    {#- a phrase left open ends with its own text and does not swallow the next -#}
    {%- set closed = [] -%}
    {%- for text in texts -%}
        {%- do closed.append(text ~ ('"' if text.count('"') % 2 and texts | length > 1 else '')) -%}
    {%- endfor -%}
    {{ return(closed | join(' or ')) }}
{% endmacro %}
