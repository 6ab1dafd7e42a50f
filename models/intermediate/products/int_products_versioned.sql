with

marketplace_products as (

    select * from {{ ref('snap_marketplace__products') }}

),

shop_products as (

    select * from {{ ref('snap_shop__inventory_levels') }}

),

category_names as (

    select * from {{ ref('category_names') }}

),

unioned as (

    select
        'marketplace' as source_system,
        'marketplace:' || product_id as product_id,
        cast(null as text) as sku,
        product_name as title,
        category,
        {{ marketplace_currency() }} as currency_code,
        price,
        dbt_is_deleted = 'True' as is_deleted,
        cast(null as timestamptz) as updated_at,
        dbt_valid_from,
        dbt_valid_to
    from marketplace_products

    union all

    select
        'shop' as source_system,
        'shop:' || sku as product_id,
        sku,
        title,
        category,
        coalesce(currency_code, {{ no_currency() }}) as currency_code,
        unit_price as price,
        dbt_is_deleted = 'True' as is_deleted,
        updated_at,
        dbt_valid_from,
        dbt_valid_to
    from shop_products

),

ordered as (

    select
        *,
        lag(dbt_valid_from) over versions as previous_valid_from,
        row_number() over versions as version_number
    from unioned
    -- a version that was corrected at once never held
    where dbt_valid_from < dbt_valid_to
    window versions as (partition by product_id order by dbt_valid_from)

),

dated as (

    select
        *,
        -- updated_at is believed only where it lies between the two statements of the source
        case
            when version_number = 1 then {{ beginning_of_time() }}
            when updated_at > previous_valid_from and updated_at < dbt_valid_from then updated_at
            else dbt_valid_from
        end as valid_from
    from ordered

),

ranged as (

    select
        *,
        lead(valid_from) over (
            partition by product_id
            order by version_number
        ) as next_valid_from
    from dated

),

final as (

    select
        ranged.product_id,
        ranged.source_system,
        ranged.sku,
        ranged.title,
        coalesce(category_names.category, initcap(ranged.category)) as category,
        ranged.currency_code,
        ranged.version_number,
        ranged.price,
        ranged.next_valid_from is null as is_current,
        ranged.is_deleted,
        ranged.valid_from,
        coalesce(ranged.next_valid_from, {{ end_of_time() }}) as valid_to
    from ranged
    left join category_names
        on {{ lookup_text('ranged.category') }} = category_names.category_variant

)

select * from final
