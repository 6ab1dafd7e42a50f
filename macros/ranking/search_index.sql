{% macro search_index() %}
    {{ return({
        'documents': ref('search_documents'),
        'field_lengths': ref('search_field_lengths'),
        'postings': ref('search_postings'),
        'synonyms': ref('search_synonym_terms'),
        'trigrams': ref('search_trigrams'),
        'vocabulary': ref('search_vocabulary'),
    }) }}
{% endmacro %}
