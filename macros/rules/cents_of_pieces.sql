{% macro cents_of_pieces(amount, after, before=none, quantity='quantity') -%}
    {%- for pieces in [after, before] | select -%}
    {#- most are none or all of the pieces, and numerics are slow to divide -#}
    {{ ' - ' if not loop.first }}round(case {{ pieces }}
        when 0 then 0
        when {{ quantity }} then {{ amount }}
        else {{ amount }} * {{ pieces }} / {{ quantity }}
    end, 2)
    {%- endfor -%}
{%- endmacro %}
