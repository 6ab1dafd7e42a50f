{% macro null_if_unknown(column) -%}
    {#- 'na' is left out of the words: it is the country code of Namibia -#}
    case
        when lower({{ clean_text(column) }}) not in (
            '-', '--', '?', '.', 'n/a', 'n.a.', 'none', 'null', 'nil', 'nan', 'unknown', 'not known'
        )
            then {{ clean_text(column) }}
    end
{%- endmacro %}
