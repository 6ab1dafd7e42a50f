{{ config(
    materialized='incremental',
    incremental_strategy='compared',
    unique_key=['source_system', 'order_line_id'],
    on_schema_change='fail',
    meta={'listed_by': 'int_order_lines_touched'},
    post_hook="{{ keep_read_mark('fct_order_lines', is_built=true) }}",
) }}
{% set touched = ref('int_order_lines_touched') %}
-- whose tests stop the build if too many lines are rejected
-- depends_on: {{ ref('rpt_rejected_order_lines') }}, {{ ref('int_read_marks') }}

with

order_lines as (

    select
        order_lines.*,
        coalesce(customers.customer_key, {{ unknown_member_key() }}) as customer_key
    from {{ ref('int_order_lines_unioned') }} as order_lines
    left join {{ ref('int_customers_unified') }} as customers
        on order_lines.customer_record_id = customers.customer_record_id
    where
        order_lines.problem is null
        {% if is_incremental() %}
        and {{ is_listed('order_lines', touched, ['source_system', 'order_line_id']) }}
        {% endif %}

),

customer_versions as (

    select
        customer_key,
        customer_version_key,
        valid_from,
        valid_to
    from {{ ref('dim_customer_versions') }}

),

products as (

    select
        product_id,
        product_key,
        valid_from,
        valid_to
    from {{ ref('dim_products') }}

),

promotions as (

    select
        promotion_code,
        promotion_key,
        valid_from,
        valid_to
    from {{ ref('dim_promotions') }}

),

rates as (

    select
        currency_code,
        units_per_base,
        order_date
    from {{ ref('int_exchange_rates_filled') }}

),

priced as (

    select
        order_lines.*,
        order_lines.quantity * order_lines.unit_price as gross_amount,
        order_lines.quantity * order_lines.unit_price - order_lines.discount_amount as net_amount,
        -- a full return takes no division, so its amount is exact
        case
            when order_lines.returned_quantity = 0 then 0
            when order_lines.returned_quantity = order_lines.quantity
                then order_lines.quantity * order_lines.unit_price - order_lines.discount_amount
            else {{ cents_of_pieces(
                '(order_lines.quantity * order_lines.unit_price - order_lines.discount_amount)',
                'order_lines.returned_quantity', quantity='order_lines.quantity'
            ) }}
        end as returned_amount
    from order_lines

),

keyed as (

    select
        {{ surrogate_key(['priced.source_system', 'priced.order_line_id']) }}
            as order_line_key,
        {{ surrogate_key(['priced.source_system', 'priced.order_id']) }}
            as order_key,
        priced.customer_key,
        customer_versions.customer_version_key,
        coalesce(products.product_key, {{ unknown_member_key() }}) as product_key,
        coalesce(promotions.promotion_key, {{ unknown_member_key() }}) as promotion_key,
        priced.source_system,
        priced.channel,
        priced.store_id,
        priced.order_id,
        priced.order_line_id,
        priced.product_id,
        priced.sku,
        priced.promotion_code,
        priced.payment_method,
        priced.currency_code,
        priced.quantity,
        priced.returned_quantity,
        priced.unit_price,
        priced.gross_amount,
        priced.discount_amount,
        priced.net_amount,
        case
            when priced.is_cancelled then priced.net_amount - priced.returned_amount else 0
        end as cancelled_amount,
        priced.returned_amount,
        priced.order_shipping_amount,
        priced.return_moves,
        priced.is_cancelled,
        priced.returned_quantity > 0 as is_returned,
        priced.is_payment_recorded,
        priced.is_price_missing,
        priced.is_order_missing,
        priced.order_date,
        priced.cancelled_date,
        priced.ordered_at,
        priced.cancelled_at,
        priced.returned_at,
        -- ever later, whatever the clock does: by it what is made of this one knows what is new
        {{ next_built_at(this, ref('int_order_lines_withdrawn')) }} as built_at
    from priced
    left join customer_versions
        on {{ as_of_join('priced', 'ordered_at', 'customer_versions', 'customer_key') }}
    left join products
        on {{ as_of_join('priced', 'ordered_at', 'products', 'product_id') }}
    left join promotions
        on {{ as_of_join('priced', 'ordered_at', 'promotions', 'promotion_code') }}

),

final as (

    select
        keyed.*,
        {{ in_reporting_currency('keyed.net_amount', 'keyed.currency_code') }}
            as reporting_net_amount,
        {{ in_reporting_currency(
            '(keyed.net_amount - keyed.cancelled_amount - keyed.returned_amount)',
            'keyed.currency_code'
        ) }} as reporting_net_merchandise_value
    from keyed
    left join rates
        on
            keyed.currency_code = rates.currency_code
            and keyed.order_date = rates.order_date

)

select * from final
