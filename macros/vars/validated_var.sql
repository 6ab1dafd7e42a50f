{% macro validated_var(name, rule, value, raise_error) %}
    {%- if value is none and rule.optional -%}
        {{ return(none) }}
    {%- elif rule.kind == 'choice' -%}
        {{ return(validated_choice(name, value, rule.choices, raise_error)) }}
    {%- elif rule.kind == 'amount' -%}
        {{ return(validated_amount(name, value, raise_error)) }}
    {%- elif rule.kind == 'day' -%}
        {{ return(validated_date(name, value, raise_error)) }}
    {%- elif rule.kind == 'count' -%}
        {%- set bounds = var_bounds(rule) -%}
        {{ return(validated_integer(name, value, bounds[0], bounds[1], raise_error)) }}
    {%- elif rule.kind == 'switch' -%}
        {{ return(validated_switch(name, value, raise_error)) }}
    {%- elif rule.kind == 'name' -%}
        {{ return(validated_name(name, value, raise_error)) }}
    {%- endif -%}
    {{ return(validated_texts(name, value, rule.maximum_length, raise_error)) }}
{% endmacro %}
