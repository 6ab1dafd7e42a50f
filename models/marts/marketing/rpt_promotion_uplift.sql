with

orders as (

    select * from {{ ref('fct_orders') }}
    -- the shop alone has promotions
    where not is_cancelled and source_system = 'shop'

),

customers as (

    select
        customer_key,
        first_order_date
    from {{ ref('customer_360') }}

),

versions as (

    select * from {{ ref('dim_promotions') }}

),

promotions as (

    select
        promotion_id,
        promotion_code,
        discount_percent,
        coalesce({{ local_date('redemption_starts_at') }}, '0001-01-01') as first_date,
        -- the end is the first moment after
        coalesce({{ local_date("(redemption_ends_at - interval '1 microsecond')") }}, '9999-12-31')
            as last_date
    from versions
    where is_current and not is_unknown

),

days as (

    select
        orders.order_date,
        orders.currency_code,
        versions.promotion_id,
        count(*) as order_count,
        count(customers.customer_key) as known_count,
        count(*) filter (where orders.order_date = customers.first_order_date) as new_count,
        sum(orders.net_amount) as net_amount,
        sum(orders.discount_amount) as discount_amount
    from orders
    left join versions
        on
            orders.promotion_key = versions.promotion_key
            and orders.promotion_key <> {{ unknown_member_key() }}
    left join customers
        on orders.customer_key = customers.customer_key
    group by orders.order_date, orders.currency_code, versions.promotion_id

),

compared as (

    select
        promotions.promotion_id,
        promotions.promotion_code,
        days.currency_code,
        sum(days.order_count) as order_count,
        {% for name, condition in [
            ('redeemed', 'days.promotion_id = promotions.promotion_id'),
            ('full_price', 'days.promotion_id is null'),
        ] %}
        {% for column in ['order_count', 'known_count', 'new_count', 'net_amount'] %}
        sum(days.{{ column }}) filter (where {{ condition }}) as {{ name }}_{{ column }},
        {% endfor %}
        {% endfor %}
        sum(days.discount_amount) filter (where days.promotion_id = promotions.promotion_id)
            as discount_amount,
        promotions.discount_percent,
        promotions.first_date,
        promotions.last_date
    from promotions
    inner join days
        on
            days.order_date between promotions.first_date and promotions.last_date
            or promotions.promotion_id = days.promotion_id
    group by
        promotions.promotion_id, promotions.promotion_code, days.currency_code,
        promotions.discount_percent, promotions.first_date, promotions.last_date

),

final as (

    select
        promotion_id,
        promotion_code,
        currency_code,
        cast(order_count as bigint) as order_count,
        {% for name in ['redeemed', 'full_price'] %}
        cast(coalesce({{ name }}_order_count, 0) as bigint) as {{ name }}_order_count,
        {% endfor %}
        coalesce(discount_amount, 0) as discount_amount,
        coalesce(redeemed_order_count, 0) / order_count as redemption_share,
        {% for name in ['redeemed', 'full_price'] %}
        {{ name }}_new_count / nullif({{ name }}_known_count, 0) as {{ name }}_new_customer_share,
        {{ name }}_net_amount / {{ name }}_order_count as {{ name }}_average_order_value,
        {% endfor %}
        discount_percent,
        first_date,
        last_date
    from compared

)

select * from final
