{% macro postgres__scalar_function_body_sql() %}
    $function$
        {{ model.compiled_code }}
    $function$ language {{ model.config.meta.language | default('sql') }}
    {{ model.config.meta.attributes | default('parallel safe') }}
{% endmacro %}
