-- dimensions of versions hold the unknown member once, under the key that all dimensions use
with

customer_versions as (

    select
        count(*) as member_count,
        {{ least_key('customer_key') }} as member_key
    from {{ ref('dim_customer_versions') }}
    where is_unknown

),

promotions as (

    select
        count(*) as member_count,
        {{ least_key('promotion_key') }} as member_key
    from {{ ref('dim_promotions') }}
    where is_unknown

),

unioned as (

    select * from customer_versions
    union all
    select * from promotions

),

final as (

    select * from unioned
    where member_count <> 1 or member_key <> {{ unknown_member_key() }}

)

select * from final
