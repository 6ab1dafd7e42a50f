{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='field',
    on_schema_change='fail',
) }}

with

documents as (

    select * from {{ ref('search_documents') }}

),

{% if is_incremental() %}
held_lengths as (

    select * from {{ this }}

),

counted_before as (

    select coalesce(max(counted_at), {{ beginning_of_time() }}) as counted_at
    from held_lengths

),

{% endif %}
changes as (

    select
        documents.*,
        1 as change,
        documents.indexed_at as changed_at
    from documents
    {% if is_incremental() %}
    cross join counted_before
    where documents.indexed_at > counted_before.counted_at
    {% endif %}

    union all

    select
        documents.*,
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

changed_lengths as (

    select
        texts.field,
        sum(changes.change) as document_count,
        coalesce(sum(changes.change * tokens.word_count), 0) as word_count,
        max(changes.changed_at) as counted_at
    from changes
    cross join lateral (
        values
        {% for field in search_text_fields() -%}
        ('{{ field }}', changes.{{ field }}){{ ',' if not loop.last }}
        {% endfor %}
    ) as texts (field, body)
    cross join lateral (
        select sum(cardinality(positions)) as word_count
        from unnest({{ search_words('texts.body') }})
    ) as tokens
    group by texts.field

),

final as (

    select
        changed_lengths.field,
        {% if is_incremental() %}
        cast(coalesce(held_lengths.document_count, 0) + changed_lengths.document_count as bigint)
            as document_count,
        cast(coalesce(held_lengths.word_count, 0) + changed_lengths.word_count as bigint) as word_count,
        {% else %}
        cast(changed_lengths.document_count as bigint) as document_count,
        cast(changed_lengths.word_count as bigint) as word_count,
        {% endif %}
        changed_lengths.counted_at
    from changed_lengths
    {% if is_incremental() %}
    left join held_lengths
        on changed_lengths.field = held_lengths.field
    {% endif %}

)

select * from final
