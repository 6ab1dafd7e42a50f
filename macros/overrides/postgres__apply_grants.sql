{% macro postgres__apply_grants(relation, grant_config, should_revoke=True) %}
    {#- an analyst's own results are granted to nobody -#}
    {%- if grant_config and target.name != 'analyst' -%}
        {%- set present = run_query('select rolname from pg_roles').columns[0].values() -%}
        {%- set found = {} -%}
        {%- for privilege, grantees in grant_config.items() -%}
            {%- do found.update({privilege: grantees | select('in', present) | list}) -%}
        {%- endfor -%}
        {%- do default__apply_grants(relation, found, should_revoke) -%}
    {%- endif -%}
{% endmacro %}
