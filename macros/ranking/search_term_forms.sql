{% macro search_term_forms(term, index) -%}
    select
        sum(vocabulary.document_count) as document_count,
        array_agg(vocabulary.word) as forms
    from {{ index.vocabulary }} as vocabulary
    where vocabulary.term = {{ term }}
    having count(*) > 0
{%- endmacro %}
