{% macro postgres__snapshot_get_time() -%}
    {#- dbt asks for the time of a deletion only: the source's own clock, not that of the run -#}
    {%- if model is defined and model.resource_type == 'snapshot' and model.config.updated_at -%}
        coalesce({{ source_said_at(model) }}, current_timestamp)
    {%- else -%}
        current_timestamp
    {%- endif -%}
{%- endmacro %}
