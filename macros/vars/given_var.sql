{% macro given_var(name) %}
    {#- var() renders text from the command line as Jinja, which could then run any statement -#}
    {%- set given = invocation_args_dict.get('vars') or {} -%}
    {{ return(given[name] if name in given else var(name, none)) }}
{% endmacro %}
