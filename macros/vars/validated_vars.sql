{% macro validated_vars(given, raise_error) %}
    {%- set rules, checked = var_rules(), {} -%}
    {%- for name, value in given.items() -%}
        {%- do checked.update({name: validated_var(name, rules[name], value, raise_error)}) -%}
    {%- endfor -%}
    {%- for name in checked if rules[name].get('up_to') in checked -%}
        {%- set high = rules[name].up_to -%}
        {%- set ordered = validated_order(
            name, checked[name], high, checked[high], raise_error
        ) -%}
        {%- if ordered is string -%}
            {{ return(ordered) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(checked) }}
{% endmacro %}
