{% macro reporting_period() %}
    {{ return(validated_period(
        date_var('start_date'), date_var('end_date'), exceptions.raise_compiler_error
    )) }}
{% endmacro %}
