{% macro postgres__apply_grants(relation, grant_config, should_revoke=True) %}
    {#- an analyst's own results are granted to nobody -#}
    {%- if grant_config and target.name != 'analyst' -%}
        {%- set present = run_query('select rolname from pg_roles').columns[0].values() -%}
        {%- set granted = {} -%}
        {%- for privilege, grantees in grant_config.items() -%}
            {%- set found = grantees | select('in', present) | list -%}
            {%- if found -%}
                {%- do granted.update({unmasked_privilege(privilege, model.columns): found}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do default__apply_grants(relation, granted, should_revoke) -%}
    {%- endif -%}
{% endmacro %}
