{% macro folded_search_text(text) -%}
    {#- accents go, and apostrophes: Levi's is searched for as levis -#}
    lower(regexp_replace(normalize({{ text }}, nfkd), '[\u0300-\u036f''’`´]', '', 'g'))
{%- endmacro %}
