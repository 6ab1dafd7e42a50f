{% macro normalised_phone(column, country_calling_code='49') -%}
    {#- the zero in "+49 (0)30 123" is dialled within the country only -#}
    {%- set digits -%}
        regexp_replace(replace({{ column }}, '(0)', ''), '[^0-9+]', '', 'g')
    {%- endset -%}
    substring(
        regexp_replace(
            regexp_replace({{ digits }}, '^00', '+'),
            '^0',
            '+{{ country_calling_code }}'
        )
        from '^[+][1-9][0-9]{6,14}$'
    )
{%- endmacro %}
