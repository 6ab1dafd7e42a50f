with

product_versions as (

    select * from {{ ref('int_products_versioned') }}

),

keyed as (

    select
        {{ dbt_utils.generate_surrogate_key(['product_id', 'version_number']) }} as product_key,
        product_id,
        source_system,
        sku,
        title,
        category,
        currency_code,
        cast(version_number as integer) as version_number,
        price,
        is_current,
        is_deleted,
        false as is_unknown,
        valid_from,
        valid_to
    from product_versions

),

unknown_member as (

    select
        {{ unknown_member_key() }} as product_key,
        'unknown' as product_id,
        'unknown' as source_system,
        cast(null as text) as sku,
        'Unknown product' as title,
        cast(null as text) as category,
        {{ no_currency() }} as currency_code,
        1 as version_number,
        cast(null as numeric) as price,
        true as is_current,
        false as is_deleted,
        true as is_unknown,
        {{ beginning_of_time() }} as valid_from,
        {{ end_of_time() }} as valid_to

),

final as (

    select * from keyed
    union all
    select * from unknown_member

)

select * from final
