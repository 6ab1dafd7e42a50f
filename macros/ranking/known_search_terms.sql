{% macro known_search_terms(words, index) -%}
    select
        meant.term,
        {{ search_term_weight('meant.weight', 'forms.document_count', index) }} as weight,
        forms.document_count,
        forms.forms
    from (
        select
            {{ words }}.term,
            cast(1 as double precision) as weight

        union all

        select
            synonyms.synonym_term,
            synonyms.weight
        from {{ index.synonyms }} as synonyms
        where synonyms.term = {{ words }}.term and {{ words }}.is_plain
    ) as meant
    cross join lateral (
        {{ search_term_forms('meant.term', index) }}
    ) as forms
{%- endmacro %}
