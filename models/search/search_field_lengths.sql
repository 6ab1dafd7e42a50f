{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='field',
    on_schema_change='fail',
) }}

with

-- read twice, each time by an index
documents as not materialized (

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
        1 as difference,
        documents.indexed_at as changed_at
    from documents
    {% if is_incremental() %}
    cross join counted_before
    where documents.indexed_at > counted_before.counted_at
    {% endif %}

    union all

    select
        documents.*,
        -1 as difference,
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

changed_texts as (

    {% for field in search_text_fields() -%}
    select
        '{{ field }}' as field,
        difference,
        changed_at,
        coalesce(regexp_count({{ folded_search_text(field) }}, '[[:alnum:]]+'), 0) as word_count
    from changes
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

),

changed_lengths as (

    select
        field,
        sum(difference) as document_count,
        sum(difference * word_count) as word_count,
        max(changed_at) as counted_at
    from changed_texts
    group by field

),

counts as (

    select * from changed_lengths

    {% if is_incremental() %}
    union all

    select
        held_lengths.field,
        held_lengths.document_count,
        held_lengths.word_count,
        held_lengths.counted_at
    from held_lengths
    inner join changed_lengths
        on held_lengths.field = changed_lengths.field
    {% endif %}

),

final as (

    select
        field,
        cast(sum(document_count) as bigint) as document_count,
        cast(sum(word_count) as bigint) as word_count,
        max(counted_at) as counted_at
    from counts
    group by field

)

select * from final
