{% macro validated_search_var(name, value, raise_error) %}
    {%- set rule = search_var_rules()[name] -%}
    {%- if value is none -%}
        {{ return(none) }}
    {%- elif rule.kind == 'choice' -%}
        {{ return(validated_choice(name, value, rule.choices, raise_error)) }}
    {%- elif rule.kind == 'amount' -%}
        {{ return(validated_amount(name, value, raise_error)) }}
    {%- elif rule.kind == 'day' -%}
        {{ return(validated_date(name, value, raise_error)) }}
    {%- elif rule.kind == 'count' -%}
        {{ return(validated_integer(name, value, 1, 1000000, raise_error)) }}
    {%- elif rule.kind == 'name' -%}
        {{ return(validated_search_name(name, value, raise_error)) }}
    {%- endif -%}
    {{ return(validated_texts(name, value, rule.maximum_length, raise_error)) }}
{% endmacro %}
