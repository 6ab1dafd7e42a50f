{% macro calendar_years() %}
    {#- said once, as meta of the sources in dbt_project.yml, where ingest reads it, too -#}
    {%- set declared = namespace(years=[1, 9999]) -%}
    {%- if execute -%}
        {%- for node in graph.get('sources', {}).values() if node.config.meta.calendar -%}
            {%- set declared.years = node.config.meta.calendar -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(declared.years) }}
{% endmacro %}
