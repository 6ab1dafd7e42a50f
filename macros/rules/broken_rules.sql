{% macro broken_rules(rules) -%}
    {#- almost no row breaks any, and texts take longer than comparisons -#}
    case
        when {{ rules.values() | map('string') | join('\n            or ') }}
            then concat_ws(
                '; '
                {%- for problem, condition in rules.items() %},
                case when {{ condition }} then '{{ problem }}' end
                {%- endfor %}
            )
    end
{%- endmacro %}
