{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='word',
    on_schema_change='fail',
    indexes=[{'columns': ['word'], 'unique': true}, {'columns': ['term']}],
    post_hook="delete from {{ this }} where document_count = 0",
) }}

with

-- read twice, each time by an index
documents as not materialized (

    select
        words,
        indexed_at,
        retired_at
    from {{ ref('search_documents') }}

),

{{ search_document_changes_ctes() }},

changed_words as (

    select
        tokens.word,
        sum(changes.difference) as difference
    from changes
    cross join lateral unnest(tsvector_to_array(changes.words)) as tokens (word)
    group by tokens.word

),

counts as (

    select
        word,
        difference as document_count
    from changed_words

    {% if is_incremental() %}
    union all

    select
        held_counts.word,
        held_counts.document_count
    from held_counts
    inner join changed_words
        on held_counts.word = changed_words.word
    {% endif %}

),

counted as (

    select
        word,
        cast(sum(document_count) as bigint) as document_count
    from counts
    group by word

),

last_change as (

    select max(changed_at) as changed_at from changes

),

final as (

    select
        counted.word,
        {{ search_stem('counted.word') }} as term,
        counted.document_count,
        last_change.changed_at as counted_at
    from counted
    cross join last_change

)

select * from final
