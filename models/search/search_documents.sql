-- in the transaction of the model, so that nobody sees a listing missing
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    indexes=[
        {'columns': ['listing_key', 'retired_at'], 'unique': true},
        {'columns': ['words'], 'type': 'gin'},
        {'columns': ['item_key']},
        {'columns': ['item_listing_count']},
        {'columns': ['indexed_at']},
        {'columns': ['retired_at']},
    ],
    pre_hook="{% if is_incremental() %}{{ retire_stale_documents(
        this, ref('search_current_listings')
    ) }}{% endif %}",
    post_hook="{% if is_incremental() %}{{ settle_gin_indexes(this) }}{% endif %}",
) }}

with

listings as (

    select * from {{ ref('search_current_listings') }}
    {% if is_incremental() and flags.WHICH != 'show' %}
    -- of the hook, which `dbt show` does not run
    where listing_key in (select changed.listing_key from changed_listings as changed)
    {% endif %}

),

final as (

    select
        listings.listing_key,
        listings.product_id,
        listings.item_key,
        listings.title,
        listings.description,
        listings.category,
        listings.brand,
        listings.size,
        listings.colour,
        listings.condition,
        listings.listing_status,
        listings.currency_code,
        listings.channels,
        listings.country_codes,
        listings.price,
        listings.item_listing_count,
        listings.listed_date,
        {{ search_document_words(search_text_fields()) }} as words,
        transaction_timestamp() as indexed_at,
        {{ end_of_time() }} as retired_at
    from listings

)

select * from final
