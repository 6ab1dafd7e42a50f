{% set columns = [
    'source_system', 'channel', 'store_id', 'order_id',
    'order_line_id', 'customer_record_id', 'product_id', 'sku', 'promotion_code',
    'payment_method', 'currency_code', 'quantity', 'returned_quantity', 'unit_price',
    'discount_amount', 'order_shipping_amount', 'return_moves', 'is_cancelled',
    'is_payment_recorded', 'is_price_missing', 'is_order_missing', 'ordered_at', 'cancelled_at',
    'returned_at', 'reported_at',
] %}
{# what is followed live has passed no check at the door; NaN is above infinity #}
{% set infinite = "greatest(unit_price, discount_amount, order_shipping_amount) >= 'infinity'" %}
{% set time_zone = time_zone_of_sale('unioned.source_system', 'stores') %}
{# whatever the time zone of the sale #}
{% set calendar = calendar_bounds() %}

with

marketplace_lines as (

    select * from {{ ref('int_marketplace_order_lines') }}

),

shop_lines as (

    select * from {{ ref('int_shop_order_lines') }}

),

store_lines as (

    select * from {{ ref('int_store_order_lines') }}

),

history_lines as (

    select * from {{ ref('int_history_order_lines') }}

),

unioned as (

    {% for lines in ['marketplace_lines', 'shop_lines', 'store_lines', 'history_lines'] %}
    select
        {{ columns | join(',\n        ') }}
    from {{ lines }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

stores as (

    select
        store_id,
        time_zone
    from {{ ref('stores') }}

),

final as (

    select
        unioned.*,
        {{ local_date('unioned.ordered_at', time_zone) }} as order_date,
        case
            when unioned.is_cancelled
                then {{ local_date(
                    'coalesce(unioned.cancelled_at, unioned.ordered_at)', time_zone
                ) }}
        end as cancelled_date,
        {{ broken_rules({
            'the quantity is not at least 1': 'coalesce(quantity, 0) < 1',
            'an amount is not a finite number': infinite,
            'the price is negative': 'unit_price < 0',
            'the discount is negative': 'discount_amount < 0',
            'the discount is more than the price': 'discount_amount > quantity * unit_price',
            'the shipping amount is negative': 'order_shipping_amount < 0',
            'the currency has no code of three letters': 'length(currency_code) <> 3',
            'it is returned before the sale': 'returned_at < ordered_at',
            'it is dated more than a day after it was reported':
                "ordered_at > reported_at + interval '1 day'",
            'the return is dated more than a day after it was reported':
                "returned_at > reported_at + interval '1 day'",
            'it is dated before the calendar':
                "ordered_at < cast('" ~ calendar[0] ~ " 00:00-12' as timestamptz)",
            'it is dated after the calendar':
                "ordered_at >= cast('" ~ calendar[1] ~ " 00:00+14' as timestamptz)",
        }) }} as problem
    from unioned
    left join stores
        on unioned.store_id = stores.store_id

)

select * from final
