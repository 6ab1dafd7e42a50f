{% macro assert_refused(actual, words, behaviour) %}
    {%- for word in words -%}
        {%- if actual is not string or not actual.startswith('refused: ') or word not in actual -%}
            {%- do exceptions.raise_compiler_error(
                behaviour ~ ': expected a refusal with the words ' ~ word ~ ', found ' ~ actual
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do log('passed: ' ~ behaviour, true) -%}
{% endmacro %}
