{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    indexes=[{'columns': ['trigram', 'word'], 'unique': true}, {'columns': ['word']}],
    pre_hook="{% if is_incremental() %}delete from {{ this }} as held where not exists (
        select 1 from {{ ref('search_vocabulary') }} as vocabulary
        where vocabulary.word = held.word
    ){% endif %}",
) }}

with

vocabulary as (

    select word from {{ ref('search_vocabulary') }}

),

-- numbers are not corrected
final as (

    select
        trigrams.trigram,
        vocabulary.word
    from vocabulary
    cross join lateral unnest({{ search_trigrams('vocabulary.word') }}) as trigrams (trigram)
    where
        vocabulary.word ~ '[[:alpha:]]'
        {% if is_incremental() %}
        and vocabulary.word not in (select held.word from {{ this }} as held)
        {% endif %}

)

select * from final
