{% macro folded_search_text(text) -%}
    {#- accents go, and apostrophes: Levi's is searched for as levis; most texts have neither -#}
    case
        when {{ text }} ~ '[^ -&(-_a-~]'
            then lower(regexp_replace(normalize({{ text }}, nfkd), '[\u0300-\u036f''’`´]', '', 'g'))
        else lower({{ text }})
    end
{%- endmacro %}
