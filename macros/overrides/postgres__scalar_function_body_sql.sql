{% macro postgres__scalar_function_body_sql() %}
    {%- set attributes = model.config.meta.attributes | default('parallel safe') -%}
    {#- what reads distributed tables is planned once its arguments are known -#}
    {%- if is_cluster() -%}
        {%- set attributes = attributes | replace('force_generic_plan', 'force_custom_plan') -%}
    {%- endif %}
    $function$
        {{ model.compiled_code }}
    $function$ language {{ model.config.meta.language | default('sql') }}
    {{ attributes }}
{% endmacro %}
