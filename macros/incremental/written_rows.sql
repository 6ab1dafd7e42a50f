{% macro written_rows(model_name) -%}
    {%- set held = ref(model_name) -%}
    {%- if execute -%}
        {%- set node = graph.nodes.values() | selectattr('name', 'equalto', model_name) | first -%}
        {%- set above = node.depends_on.nodes | first -%}
        {#- a view has no rows of its own: those of the raw table below it -#}
        {%- if node.config.materialized == 'view' and above in graph.sources -%}
            {%- set held = graph.sources[above].relation_name -%}
        {%- endif -%}
    {%- endif -%}
    {{ held }}
{%- endmacro %}
