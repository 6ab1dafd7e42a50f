{% macro is_claimed() %}
    {#- `docs generate` and others that write nothing run no hook at their end, either -#}
    {%- set writing = ['build', 'clone', 'retry', 'run', 'seed', 'snapshot', 'test'] -%}
    {#- a search writes nothing but its results, and waits for nobody -#}
    {%- set selected = ' ' ~ selected_resources | join(' ') ~ ' ' -%}
    {%- set searches = '\\w+[.]search_(results|summary|facets) ' -%}
    {%- set is_search = modules.re.search(' model[.]' ~ searches, selected)
        and not modules.re.search(
            ' (model|seed|snapshot|function)[.](?!' ~ searches ~ ')', selected
        ) -%}
    {{ return(execute and flags.WHICH in writing and target.name != 'analyst' and not is_search) }}
{% endmacro %}
