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

joined as (

    select
        coalesce(counted_sources.source_system, counted_mart.source_system) as source_system,
        coalesce(counted_sources.line_count, 0) as source_line_count,
        coalesce(counted_mart.line_count, 0) as mart_line_count,
        cast(coalesce(counted_sources.quantity, 0) as bigint) as source_quantity,
        cast(coalesce(counted_mart.quantity, 0) as bigint) as mart_quantity,
        counted_sources.net_amount as source_net_amount,
        coalesce(counted_mart.net_amount, 0) as mart_net_amount
    from counted_sources
    full outer join counted_mart
        on counted_sources.source_system = counted_mart.source_system

),

final as (

    select
        source_system,
        source_line_count,
        mart_line_count,
        mart_line_count - source_line_count as line_count_difference,
        source_quantity,
        mart_quantity,
        mart_quantity - source_quantity as quantity_difference,
        source_net_amount,
        mart_net_amount,
        mart_net_amount - source_net_amount as net_amount_difference,
        mart_line_count = source_line_count
        and mart_quantity = source_quantity
        and coalesce(mart_net_amount = source_net_amount, true) as is_reconciled
    from joined

)

select * from final
