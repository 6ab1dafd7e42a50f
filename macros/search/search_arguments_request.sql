{% macro search_arguments_request(function_name) %}
    select
        {%- for name in search_argument_types() %}
        {{ function_name }}.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
{% endmacro %}
