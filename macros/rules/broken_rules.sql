{% macro broken_rules(rules) -%}
    nullif(concat_ws(
        '; '
        {%- for problem, condition in rules.items() %},
        case when {{ condition }} then '{{ problem }}' end
        {%- endfor %}
    ), '')
{%- endmacro %}
