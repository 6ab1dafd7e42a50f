{% macro returned_error(message) %}
    {{ return('refused: ' ~ message) }}
{% endmacro %}
