{% macro normalised_email(column) -%}
    {#- takes the address out of "Name <name@host>" and "mailto:name@host", too -#}
    substring(
        lower({{ column }})
        from '[^[:space:]<>@,;:"]+@[^[:space:]<>@,;:"]+'
    )
{%- endmacro %}
