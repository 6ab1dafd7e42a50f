{% macro unmasked_privilege(privilege, columns) %}
    {%- set masked = [] -%}
    {%- set readable = [] -%}
    {%- for column in columns.values() -%}
        {%- set group = masked if column.config.meta.contains_personal_data else readable -%}
        {%- do group.append('"' ~ column.name ~ '"') -%}
    {%- endfor -%}
    {%- set names = readable | sort(case_sensitive=true) | join(', ') -%}
    {{ return(privilege ~ ' (' ~ names ~ ')' if masked else privilege) }}
{% endmacro %}
