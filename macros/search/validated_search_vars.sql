{% macro validated_search_vars(given, raise_error) %}
    {%- set checked = {} -%}
    {%- for name in search_var_rules() -%}
        {%- do checked.update({name: validated_search_var(name, given.get(name), raise_error)}) -%}
    {%- endfor -%}
    {%- set filters = search_filters().values() -%}
    {%- for low in filters if low.passes == '>=' -%}
        {%- for high in filters if high.passes == '<=' and high.column == low.column -%}
            {%- set ordered = validated_order(
                low.var, checked[low.var], high.var, checked[high.var], raise_error
            ) -%}
            {%- if ordered is string -%}
                {{ return(ordered) }}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(checked) }}
{% endmacro %}
