{% macro argument_check(name, rule) -%}
    {%- set argument = argument_sql(name) -%}
    {%- set bounds = var_bounds(rule) -%}
    {%- set must = 'The argument ' ~ name ~ ' must ' -%}
    if {{ argument }} is null{{ ' or ' ~ argument ~ ' not between ' ~ bounds | join(' and ')
        if bounds }} then
        raise exception '{{ must }}be {{ described_rule(rule) }}; found %', {{ argument }};
    end if;
    {%- if rule.get('up_to') %}
    if {{ argument }} > {{ argument_sql(rule.up_to) }} then
        raise exception '{{ must }}not be after {{ rule.up_to }}; found % and %',
            {{ argument }}, {{ argument_sql(rule.up_to) }};
    end if;
    {%- endif -%}
{%- endmacro %}
