{% macro search_text_fields() %}
    {{ return(['title', 'brand', 'category', 'colour', 'condition', 'size', 'description']) }}
{% endmacro %}
