{% macro held_relation(model_name) %}
    {%- if not execute -%}
        {#- so that dbt sees what is asked of it -#}
        {{ return(this) }}
    {%- endif -%}
    {%- set node = graph.nodes.values() | selectattr('name', 'equalto', model_name) | first -%}
    {{ return(load_relation(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    ))) }}
{% endmacro %}
