{% macro is_cluster() %}
    {#- asked once a run: `graph` is what all nodes of a run share -#}
    {%- if execute and 'is_cluster' not in graph -%}
        {%- set query = "select exists (select 1 from pg_extension where extname = 'citus')" -%}
        {%- do graph.update({'is_cluster': run_query(query).rows[0][0]}) -%}
    {%- endif -%}
    {{ return(execute and graph.is_cluster) }}
{% endmacro %}
