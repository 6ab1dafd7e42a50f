with

synonyms as (

    select * from {{ ref('search_synonyms') }}

),

stemmed as (

    select
        {{ search_stem('word') }} as term,
        {{ search_stem('synonym') }} as synonym_term,
        weight
    from synonyms

),

final as (

    select
        term,
        synonym_term,
        max(weight) as weight
    from stemmed
    where synonym_term <> term
    group by term, synonym_term

)

select * from final
