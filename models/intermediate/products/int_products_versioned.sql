with

product_versions as (

    select * from {{ ref('int_product_versions_unioned') }}

),

category_names as (

    select * from {{ ref('category_names') }}

),

ordered as (

    select
        *,
        min(dbt_valid_from) over (partition by product_id) as first_seen_at,
        lag(dbt_valid_from) over versions as previous_valid_from,
        row_number() over versions as version_number
    from product_versions
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
        ranged.first_seen_at,
        ranged.valid_from,
        coalesce(ranged.next_valid_from, {{ end_of_time() }}) as valid_to
    from ranged
    left join category_names
        on {{ lookup_text('ranged.category') }} = category_names.category_variant

)

select * from final
