{% macro in_reporting_currency(amount, currency_code, units_per_base='rates.units_per_base') -%}
    case
        when {{ currency_code }} = {{ reporting_currency() }} then {{ amount }}
        else {{ amount }} / {{ units_per_base }}
    end
{%- endmacro %}
