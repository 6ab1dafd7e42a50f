{% macro postgres__truncate_relation(relation) -%}
    {%- do patiently('truncate table ' ~ relation, relation) -%}
{%- endmacro %}
