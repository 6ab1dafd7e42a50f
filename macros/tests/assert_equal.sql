{% macro assert_equal(actual, expected, behaviour) %}
    {%- if actual != expected -%}
        {%- do exceptions.raise_compiler_error(
            behaviour ~ ': expected ' ~ expected ~ ', found ' ~ actual
        ) -%}
    {%- endif -%}
    {%- do log('passed: ' ~ behaviour, true) -%}
{% endmacro %}
