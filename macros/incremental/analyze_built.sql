{% macro analyze_built(relation) -%}
    {%- if execute and config.get('materialized') != 'view' -%}
        {#- of a distributed table each shard's statistics are its own -#}
        {%- set meta = {} if distributed_by() else config.get('meta', {}) -%}
        {%- for column, share in meta.get('distinct_share', {}).items() %}
    alter table {{ relation }} alter column {{ column }} set (n_distinct = {{ -share }});
        {%- endfor %}
    analyze {{ relation }}
    {%- endif -%}
{%- endmacro %}
