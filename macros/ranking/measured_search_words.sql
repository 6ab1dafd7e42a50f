{% macro measured_search_words(index) -%}
    {#- were words spread evenly, so many listings would have them all; thousands of words would
        make it less than the least that a number can be -#}
    select
        count(*) as word_count,
        exp(greatest(
            sum(ln(words.document_count / collection.document_count))
            + ln(max(collection.document_count)), -100
        )) as expected_count,
        (array_agg(words.word_number order by words.document_count, words.word_number))[1]
            as rarest_word,
        min(words.document_count) as rarest_count,
        count(distinct words.term) = count(*) and max(words.term_count) = 1 as has_one_term_each
    from (
        select
            asked.word_number,
            cast(sum(asked.document_count) as double precision) as document_count,
            count(*) as term_count,
            min(asked.term) as term
        from (
            {{ asked_search_words() }}
        ) as asked
        group by asked.word_number
    ) as words
    cross join (
        select max(lengths.document_count) as document_count
        from {{ index.field_lengths }} as lengths
    ) as collection
{%- endmacro %}
