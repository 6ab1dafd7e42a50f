{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='field',
    on_schema_change='fail',
) }}

-- lengths a tenth apart, of which the nearest to the average is taken: postings are weighed again
-- when it is another, and it depends on nothing but the listings as they are
{%- set step = 'cast(1.1 as numeric)' %}

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
        coalesce(sum(difference) filter (where word_count > 0), 0) as filled_count,
        sum(difference * word_count) as word_count,
        max(changed_at) as counted_at,
        cast(null as numeric) as typical_length,
        cast(null as timestamptz) as measured_at
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
        held_counts.filled_count,
        held_counts.word_count,
        held_counts.counted_at,
        held_counts.typical_length,
        held_counts.measured_at
    from held_counts
    inner join changed_lengths
        on held_counts.field = changed_lengths.field
    {% endif %}

),

counted as (

    select
        field,
        cast(sum(document_count) as bigint) as document_count,
        cast(sum(filled_count) as bigint) as filled_count,
        cast(sum(word_count) as bigint) as word_count,
        -- of the listings that have the field: one that most others lack is not long
        coalesce(sum(word_count) / nullif(sum(filled_count), 0), 1) as average_length,
        max(typical_length) as held_length,
        max(counted_at) as counted_at,
        max(measured_at) as measured_at
    from counts
    group by field

),

measured as (

    select
        *,
        round(power({{ step }}, round(ln(average_length) / ln({{ step }}))), 4) as typical_length
    from counted

),

final as (

    select
        field,
        document_count,
        filled_count,
        word_count,
        typical_length,
        counted_at,
        case
            when typical_length = held_length then measured_at else transaction_timestamp()
        end as measured_at
    from measured

)

select * from final
