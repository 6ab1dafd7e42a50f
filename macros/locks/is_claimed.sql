{% macro is_claimed() %}
    {#- a search writes nothing but its results, and waits for nobody -#}
    {%- set selected = ' ' ~ selected_resources | join(' ') ~ ' ' -%}
    {%- set searches = '[a-z]+[.]search_(results|summary|facets) ' -%}
    {%- set is_search = modules.re.search(' model[.]' ~ searches, selected)
        and not modules.re.search(
            ' (model|seed|snapshot|function)[.](?!' ~ searches ~ ')', selected
        ) -%}
    {{ return(execute and target.name != 'analyst' and not is_search) }}
{% endmacro %}
