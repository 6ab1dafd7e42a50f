{% macro has_search_words(documents, index) -%}
    exists (
        select 1
        from alternatives
        left join relaxed_alternatives as relaxed
            on alternatives.alternative_number = relaxed.alternative_number
        where
            alternatives.request_number = requests.request_number
            and case
                when relaxed.alternative_number is null
                    then {{ documents }}.words @@ alternatives.all_query
                else
                    coalesce({{ documents }}.words @@ relaxed.matched_query, true)
                    and exists (
                        select 1
                        from wide_words
                        inner join {{ index.postings }} as postings
                            on wide_words.term = postings.term
                        where
                            wide_words.alternative_number = relaxed.alternative_number
                            and postings.listing_key = {{ documents }}.listing_key
                    )
            end
    )
{%- endmacro %}
