{% macro read_mark(model_name) %}
    {%- set marks = ref('int_read_marks') -%}
    {%- set held = held_relation(model_name) -%}
    {#- each node of a cluster counts transactions by itself. Once a week everything is compared, in
        case that somebody deleted raw rows by hand -#}
    {%- if
        not execute
        or not held
        or not load_relation(marks)
        or is_cluster()
        or invocation_args_dict.get('selector') == 'weekly'
    -%}
        {{ return(none) }}
    {%- endif -%}
    {#- seeds and models that have changed say something else of rows that have not;
        transactions are told apart for two billions of them, and within one cluster of databases;
        and a table that was restored from a copy has not read what the mark says -#}
    {%- set found = run_query(
        'select transaction_id % 4294967296 from ' ~ marks ~ " where relation_name = '"
        ~ model_name ~ "' and fingerprint = '" ~ upstream_fingerprint(model_name)
        ~ "' and built_at = (select max(held.built_at) from " ~ held ~ ' as held)'
        ~ ' and system_identifier = ('
        ~ 'select identified.system_identifier from pg_control_system() as identified) '
        ~ 'and cast(cast(pg_snapshot_xmax(pg_current_snapshot()) as text) as bigint) '
        ~ '- transaction_id between 0 and 2000000000'
    ).rows -%}
    {{ return("age(cast('" ~ found[0][0] ~ "' as xid))" if found else none) }}
{% endmacro %}
