{% macro search_arguments_request(function_name) %}
    select
        cast(null as text) as search_name,
        {%- for argument in [
            'search_terms', 'search_mode', 'categories', 'brands', 'sizes', 'colours', 'conditions',
            'channels', 'countries', 'min_price', 'max_price', 'from_date', 'to_date', 'sort_by',
            'result_limit',
        ] %}
        {{ function_name }}.{{ argument }}{{ ',' if not loop.last }}
        {%- endfor %}
{% endmacro %}
