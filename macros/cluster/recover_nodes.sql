{% macro recover_nodes() %}
    {%- if is_cluster() and is_claimed() -%}
        {%- set function = 'recover_prepared_transactions()' -%}
        {%- set may = "select has_function_privilege('" ~ function ~ "', 'execute')" -%}
        {%- if run_query(may).rows[0][0] -%}
            select {{ function }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
