{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    indexes=[
        {'columns': ['term', 'impact desc', 'listing_key']},
        {'columns': ['listing_key', 'term', 'impact']},
        {'columns': ['indexed_at']},
    ],
    pre_hook="{% if is_incremental() %}{{ delete_stale_postings(
        this, ref('search_documents'), ref('search_field_lengths')
    ) }}{% endif %}",
) }}

with

search_fields as (

    select * from {{ ref('search_fields') }}

),

field_lengths as (

    select * from {{ ref('search_field_lengths') }}

),

documents as (

    select * from {{ ref('search_documents') }}
    where
        retired_at = {{ end_of_time() }}
        {% if is_incremental() %}
        and indexed_at > (
            select coalesce(max(held.indexed_at), {{ beginning_of_time() }}) from {{ this }} as held
        )
        {% endif %}

),

measured_fields as (

    select
        search_fields.field,
        search_fields.weight,
        search_fields.length_normalisation,
        field_lengths.typical_length,
        field_lengths.measured_at
    from search_fields
    inner join field_lengths
        on search_fields.field = field_lengths.field

),

last_measured as (

    select max(measured_at) as measured_at from measured_fields

),

weighed as (

    {{ weigh_search_terms('documents', 'measured_fields', search_text_fields()) }}

),

final as (

    select
        weighed.term,
        weighed.listing_key,
        weighed.impact,
        greatest(documents.indexed_at, last_measured.measured_at) as indexed_at
    from weighed
    inner join documents
        on weighed.listing_key = documents.listing_key
    cross join last_measured

)

select * from final
