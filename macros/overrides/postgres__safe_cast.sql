{% macro postgres__safe_cast(field, type) -%}
    {%- if type == 'uuid' and field is string and field.startswith("'") -%}
        cast(
            case when {{ field }} ~ '^[0-9a-f]{32}$' then {{ field }} else md5({{ field }}) end as uuid
        )
    {%- else -%}
        {{ default__safe_cast(field, type) }}
    {%- endif -%}
{%- endmacro %}
