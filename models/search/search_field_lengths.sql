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

{{ search_document_changes_ctes() }},

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
        held_counts.field,
        held_counts.document_count,
        held_counts.word_count,
        held_counts.counted_at
    from held_counts
    inner join changed_lengths
        on held_counts.field = changed_lengths.field
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
