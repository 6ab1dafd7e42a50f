{% macro validated_search_vars(given, raise_error) %}
    {%- set checked = {} -%}
    {%- for name in search_var_rules() -%}
        {%- do checked.update(
            {name: validated_search_var(name, given.get(name), raise_error)}
        ) -%}
    {%- endfor -%}
    {%- for low, high in {
        'search_min_price': 'search_max_price', 'search_from': 'search_to',
    }.items() -%}
        {%- set ordered = validated_order(low, checked[low], high, checked[high], raise_error) -%}
        {%- if ordered is string -%}
            {{ return(ordered) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(checked) }}
{% endmacro %}
