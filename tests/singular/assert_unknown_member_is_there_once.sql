-- each dimension with an unknown member holds it once, under the key that all dimensions use
{% set dimensions = {
    'dim_customers': 'customer_key',
    'dim_customer_versions': 'customer_key',
    'dim_products': 'product_key',
    'dim_promotions': 'promotion_key',
} %}

with

unioned as (

    {% for dimension, key in dimensions.items() %}
    select
        '{{ dimension }}' as dimension,
        count(*) as member_count,
        {{ least_key(key) }} as member_key
    from {{ ref(dimension) }}
    where is_unknown
    {{ 'union all' if not loop.last }}

    {% endfor %}
),

final as (

    select * from unioned
    where member_count <> 1 or member_key <> {{ unknown_member_key() }}

)

select * from final
