{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='word',
    on_schema_change='fail',
    indexes=[{'columns': ['word'], 'unique': true}, {'columns': ['term']}],
    post_hook="delete from {{ this }} where document_count = 0",
) }}

with

documents as (

    select
        words,
        indexed_at,
        retired_at
    from {{ ref('search_documents') }}

),

{% if is_incremental() %}
held_words as (

    select * from {{ this }}

),

counted_before as (

    select coalesce(max(counted_at), {{ beginning_of_time() }}) as counted_at
    from held_words

),

{% endif %}
-- a document that came or went since the last count moves the counts of its words
changes as (

    select
        documents.words,
        1 as change,
        documents.indexed_at as changed_at
    from documents
    {% if is_incremental() %}
    cross join counted_before
    where documents.indexed_at > counted_before.counted_at
    {% endif %}

    union all

    select
        documents.words,
        -1 as change,
        documents.retired_at as changed_at
    from documents
    {% if is_incremental() %}
    cross join counted_before
    {% endif %}
    where
        documents.retired_at < {{ end_of_time() }}
        {% if is_incremental() %}
        and documents.retired_at > counted_before.counted_at
        {% endif %}

),

changed_words as (

    select
        tokens.word,
        sum(changes.change) as change
    from changes
    cross join lateral unnest(tsvector_to_array(changes.words)) as tokens (word)
    group by tokens.word

),

counted as (

    select
        changed_words.word,
        {% if is_incremental() %}
        coalesce(held_words.document_count, 0) + changed_words.change as document_count
        {% else %}
        changed_words.change as document_count
        {% endif %}
    from changed_words
    {% if is_incremental() %}
    left join held_words
        on changed_words.word = held_words.word
    {% endif %}

),

final as (

    select
        counted.word,
        {{ search_stem('counted.word') }} as term,
        cast(counted.document_count as bigint) as document_count,
        (select max(changed_at) from changes) as counted_at
    from counted

)

select * from final
