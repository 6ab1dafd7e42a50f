{% macro correct_search_words(index) -%}
    if array_position(alternative.terms, null) is not null then
        for word_place in 1..cardinality(alternative.terms) loop
            continue when
                alternative.terms[word_place] is not null
                or alternative.are_excluded[word_place]
                or alternative.are_phrases[word_place];
            select
                near.term,
                {{ search_term_weight(1.0, 'near.document_count', index) }}
                    as weight,
                near.document_count,
                array_to_string(near.forms, ' ') as forms
            into nearest
            from (
                {{ nearest_search_word('alternative.words[word_place]', index) }}
            ) as near;
            alternative.terms[word_place] := nearest.term;
            alternative.weights[word_place] := nearest.weight;
            alternative.document_counts[word_place] := nearest.document_count;
            alternative.forms[word_place] := nearest.forms;
        end loop;
    end if;
{%- endmacro %}
