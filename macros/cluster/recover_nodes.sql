{% macro recover_nodes() %}
    {%- if is_cluster() and is_claimed() -%}
        {%- set function = 'recover_prepared_transactions()' -%}
        {%- set may = "select has_function_privilege('" ~ function ~ "', 'execute')" -%}
        {%- if run_query(may).rows[0][0] -%}
            {%- do run_query('select ' ~ function) -%}
        {%- endif -%}
        do $leftovers$
        declare
            leftover regclass;
        begin
            for leftover in
                select placed.logicalrelid
                from pg_dist_partition as placed
                inner join pg_class as relations
                    on placed.logicalrelid = relations.oid
                where
                    placed.partmethod = 'n'
                    and relations.relname ~ '__dbt_(tmp|backup)$'
                    and pg_has_role(relations.relowner, 'usage')
            loop
                execute format('drop table if exists %s cascade', leftover);
            end loop;
        end
        $leftovers$
    {%- endif -%}
{% endmacro %}
