{% macro analyze_built(relation) -%}
    {%- if execute and config.get('materialized') != 'view' -%}
        {%- for column, share in config.get('meta', {}).get('distinct_share', {}).items() %}
    alter table {{ relation }} alter column {{ column }} set (n_distinct = {{ -share }});
        {%- endfor %}
    analyze {{ relation }}
    {%- endif -%}
{%- endmacro %}
