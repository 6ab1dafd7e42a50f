{% macro first_of(value, order_by, where=none) -%}
    (array_agg({{ value }} order by {{ order_by }}){{ ' filter (where ' ~ where ~ ')' if where }})[1]
{%- endmacro %}
