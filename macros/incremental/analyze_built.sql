{% macro analyze_built(relation) -%}
    {%- if execute and config.get('materialized') != 'view' -%}
        {#- of a distributed table each shard's statistics are its own -#}
        {%- set shares = {} if distributed_by() else config.get('meta', {}).get('distinct_share', {}) -%}
        {%- for column, share in shares.items() %}
    alter table {{ relation }} alter column {{ column }} set (n_distinct = {{ -share }});
        {%- endfor %}
    analyze {{ relation }}
    {%- endif -%}
{%- endmacro %}
