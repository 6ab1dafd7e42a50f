{% macro has_search_words(documents, index) -%}
    (
        exists (
            select 1
            from unnest(request.strict_queries) as strict (query)
            where {{ documents }}.words @@ strict.query
        )
        or exists (
            select 1
            from unnest(request.loose_numbers, request.loose_terms) as loose (number, term)
            inner join {{ index.postings }} as postings
                on loose.term = postings.term
            where
                postings.listing_key = {{ documents }}.listing_key
                and coalesce({{ documents }}.words @@ request.loose_queries[loose.number], true)
        )
    )
{%- endmacro %}
