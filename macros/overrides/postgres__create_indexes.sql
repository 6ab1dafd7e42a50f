{% macro postgres__create_indexes(relation) %}
    {%- if config.get('contract').enforced -%}
        {%- set constraints = contract_constraints() -%}
        {%- if constraints -%}
            {%- do run_query('alter table ' ~ relation ~ ' ' ~ constraints | join(', ')) -%}
        {%- endif -%}
    {%- endif -%}
    {%- do default__create_indexes(relation) -%}
{% endmacro %}
