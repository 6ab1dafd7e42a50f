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
        this, ref('search_documents')
    ) }}{% endif %}",
) }}

with

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

weighed as (

    {{ weigh_search_terms('documents', ref('search_fields'), search_text_fields()) }}

),

final as (

    select
        weighed.term,
        weighed.listing_key,
        weighed.impact,
        documents.indexed_at
    from weighed
    inner join documents
        on weighed.listing_key = documents.listing_key

)

select * from final
