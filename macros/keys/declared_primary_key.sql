{% macro declared_primary_key() %}
    {%- if not execute -%}
        {{ return({'columns': [], 'relation': ''}) }}
    {%- endif -%}
    {%- set tested = graph.nodes[model.attached_node] -%}
    {%- set declared = [] -%}
    {%- for constraint in tested.constraints if constraint.type == 'primary_key' -%}
        {%- do declared.extend(constraint.columns) -%}
    {%- endfor -%}
    {%- for column in tested.columns.values() -%}
        {%- if column.constraints | selectattr('type', 'equalto', 'primary_key') | list -%}
            {%- do declared.append(column.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not declared -%}
        {%- do exceptions.raise_compiler_error(
            tested.name ~ ' has the test primary_key_holds and no primary key. '
            ~ 'Add a constraint of type primary_key to the model or a column.'
        ) -%}
    {%- endif -%}
    {{ return({'columns': declared, 'relation': tested.relation_name}) }}
{% endmacro %}
