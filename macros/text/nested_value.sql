{% macro nested_value(column, type) %}
    {%- set forms = {
        'numeric': '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$',
        'timestamptz': '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})$',
    } -%}
    {%- if type not in forms -%}
        {{ exceptions.raise_compiler_error("nested_value knows no form of the type " ~ type) }}
    {%- endif -%}
    case
        when
            {{ column }} ~ '{{ forms[type] }}' and pg_input_is_valid({{ column }}, '{{ type }}')
            {%- if type == 'timestamptz' %}
            {%- set years = calendar_years() %}
            and left({{ column }}, 4) between '{{ "%04d" % years[0] }}' and '{{ "%04d" % years[1] }}'
            {%- endif %}
            then cast({{ column }} as {{ type }})
    end
{%- endmacro %}
