{% macro search_arguments_passed(function_name, sort_by) -%}
    {%- for name in search_argument_types() %}
    {{ name }} => {{ sort_by if name == 'sort_by' else function_name ~ '.' ~ name }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
