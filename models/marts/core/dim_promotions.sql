{{ config(
    materialized='incremental',
    incremental_strategy='compared',
    unique_key='promotion_key',
    on_schema_change='fail',
    meta={'withdrawn_key': ['promotion_code']},
) }}
-- depends_on: {{ ref('int_rows_withdrawn') }}

with

promotion_versions as (

    select * from {{ ref('snap_shop__promotions') }}
    -- a version that was corrected at once never held
    where dbt_valid_from < dbt_valid_to

),

numbered as (

    select
        *,
        row_number() over versions as version_number,
        lead(dbt_valid_from) over versions as next_valid_from
    from promotion_versions
    window versions as (partition by promotion_id order by dbt_valid_from)

),

versioned as (

    select
        {{ surrogate_key(['promotion_id', 'version_number']) }} as promotion_key,
        cast(promotion_id as text) as promotion_id,
        promotion_code,
        promotion_description,
        cast(version_number as integer) as version_number,
        discount_percent,
        next_valid_from is null as is_current,
        dbt_is_deleted = 'True' as is_deleted,
        false as is_unknown,
        starts_at as redemption_starts_at,
        ends_at as redemption_ends_at,
        case when version_number = 1 then {{ beginning_of_time() }} else dbt_valid_from end
            as valid_from,
        coalesce(next_valid_from, {{ end_of_time() }}) as valid_to
    from numbered

),

unknown_member as (

    select
        {{ unknown_member_key() }} as promotion_key,
        'unknown' as promotion_id,
        cast(null as text) as promotion_code,
        'No known promotion' as promotion_description,
        1 as version_number,
        cast(null as numeric) as discount_percent,
        true as is_current,
        false as is_deleted,
        true as is_unknown,
        cast(null as timestamptz) as redemption_starts_at,
        cast(null as timestamptz) as redemption_ends_at,
        {{ beginning_of_time() }} as valid_from,
        {{ end_of_time() }} as valid_to

),

final as (

    select * from versioned
    union all
    select * from unknown_member

)

select * from final
