{% macro read_mark(model_name) %}
    {%- set marks = ref('int_read_marks') -%}
    {#- each node of a cluster counts transactions by itself -#}
    {%- if not execute or is_cluster() -%}
        {{ return(none) }}
    {%- endif -%}
    {#- transactions are told apart for two billions of them, and within one cluster of databases -#}
    {%- set found = run_query(
        'select transaction_id % 4294967296 from ' ~ marks ~ " where relation_name = '"
        ~ model_name ~ "' and system_identifier = ("
        ~ 'select identified.system_identifier from pg_control_system() as identified) '
        ~ 'and cast(cast(pg_snapshot_xmax(pg_current_snapshot()) as text) as bigint) '
        ~ '- transaction_id between 0 and 2000000000'
    ).rows -%}
    {{ return("age(cast('" ~ found[0][0] ~ "' as xid))" if found else none) }}
{% endmacro %}
