with

marketplace_transactions as (

    select * from {{ ref('stg_marketplace__transactions') }}

),

shop_order_items as (

    select * from {{ ref('stg_shop__order_items') }}

),

store_sales as (

    select * from {{ ref('int_store_lines_witnessed') }}

),

past_sales as (

    select * from {{ ref('stg_history__sales') }}

),

order_lines as (

    select * from {{ ref('fct_order_lines') }}

),

rejected_lines as (

    select * from {{ ref('rpt_rejected_order_lines') }}
    where line_type = 'sale'

),

counted_sources as (

    -- the marketplace states no amounts
    select
        'marketplace' as source_system,
        count(*) as line_count,
        coalesce(sum(quantity), 0) as quantity,
        cast(null as numeric) as net_amount
    from marketplace_transactions

    {% for system, lines in [
        ('shop', 'shop_order_items'), ('stores', 'store_sales'), ('history', 'past_sales')
    ] %}
    union all

    select
        '{{ system }}' as source_system,
        count(*) as line_count,
        coalesce(sum(quantity), 0) as quantity,
        coalesce(sum(quantity * unit_price - coalesce(discount_amount, 0)), 0) as net_amount
    from {{ lines }}
    {% endfor %}

),

counted_mart as (

    select
        source_system,
        count(*) as line_count,
        sum(quantity) as quantity,
        sum(net_amount) as net_amount
    from order_lines
    group by source_system

),

counted_rejected as (

    select
        source_system,
        count(*) as line_count,
        coalesce(sum(quantity), 0) as quantity,
        coalesce(sum(quantity * unit_price - discount_amount), 0) as net_amount
    from rejected_lines
    group by source_system

),

joined as (

    select
        coalesce(counted_sources.source_system, counted_mart.source_system) as source_system,
        coalesce(counted_sources.line_count, 0) as raw_line_count,
        coalesce(counted_mart.line_count, 0) as mart_line_count,
        cast(coalesce(counted_sources.quantity, 0) as bigint) as raw_quantity,
        cast(coalesce(counted_mart.quantity, 0) as bigint) as mart_quantity,
        counted_sources.net_amount as raw_net_amount,
        coalesce(counted_mart.net_amount, 0) as mart_net_amount,
        coalesce(counted_rejected.line_count, 0) as rejected_line_count,
        cast(coalesce(counted_rejected.quantity, 0) as bigint) as rejected_quantity,
        coalesce(counted_rejected.net_amount, 0) as rejected_net_amount
    from counted_sources
    full outer join counted_mart
        on counted_sources.source_system = counted_mart.source_system
    left join counted_rejected
        on counted_sources.source_system = counted_rejected.source_system

),

final as (

    select
        source_system,
        raw_line_count,
        rejected_line_count,
        mart_line_count,
        mart_line_count + rejected_line_count - raw_line_count as line_count_difference,
        raw_quantity,
        rejected_quantity,
        mart_quantity,
        mart_quantity + rejected_quantity - raw_quantity as quantity_difference,
        raw_net_amount,
        rejected_net_amount,
        mart_net_amount,
        mart_net_amount + rejected_net_amount - raw_net_amount as net_amount_difference,
        mart_line_count + rejected_line_count = raw_line_count
        and mart_quantity + rejected_quantity = raw_quantity
        and coalesce(mart_net_amount + rejected_net_amount = raw_net_amount, true)
            as is_reconciled
    from joined

)

select * from final
