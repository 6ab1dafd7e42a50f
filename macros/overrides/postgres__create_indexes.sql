{% macro postgres__create_indexes(relation) %}
    {#- a distributed table has them from the start, while it is one table -#}
    {%- if config.get('contract').enforced and not distributed_by() -%}
        {%- set constraints = contract_constraints() -%}
        {%- if constraints -%}
            {%- do run_query('alter table ' ~ relation ~ ' ' ~ constraints | join(', ')) -%}
        {%- endif -%}
    {%- endif -%}
    {%- do default__create_indexes(relation) -%}
{% endmacro %}
