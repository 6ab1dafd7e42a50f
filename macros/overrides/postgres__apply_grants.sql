{% macro postgres__apply_grants(relation, grant_config, should_revoke=True) %}
    {#- an analyst's own results are granted to nobody -#}
    {%- if grant_config and target.name != 'analyst' -%}
        {%- set present = run_query('select rolname from pg_roles').columns[0].values() -%}
        {%- set wanted = {} -%}
        {%- for privilege, grantees in grant_config.items() -%}
            {%- set found = grantees | select('in', present) | list -%}
            {%- if found -%}
                {%- do wanted.update({unmasked_privilege(privilege, model.columns): found}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set held = {} -%}
        {%- if wanted and should_revoke -%}
            {%- do held.update(
                adapter.standardize_grants_dict(run_query(get_show_grant_sql(relation)))
            ) -%}
        {%- endif -%}
        {%- if diff_of_two_dicts(wanted, held) or diff_of_two_dicts(held, wanted) -%}
            {#- all anew, for what is revoked of a relation is revoked of its columns, too -#}
            {%- do call_dcl_statements(
                get_dcl_statement_list(relation, held, get_revoke_sql)
                + get_dcl_statement_list(relation, wanted, get_grant_sql)
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
