-- every line sold of every source is in the mart once, with its pieces and its money
with

marketplace_transactions as (

    select * from {{ ref('stg_marketplace__transactions') }}

),

shop_order_items as (

    select * from {{ ref('stg_shop__order_items') }}

),

receipt_lines as (

    select * from {{ ref('stg_stores__receipt_lines') }}

),

-- the first mail of a receipt counts, whole, and no line of a later one
ranked_mails as (

    select
        *,
        dense_rank() over (
            partition by store_id, receipt_number order by received_at, message_id
        ) as mail_rank
    from {{ ref('stg_store_mail__order_confirmations') }}
    where quantity is not null

),

mailed_lines as (

    select * from ranked_mails
    where mail_rank = 1

),

-- marked and not joined: behind views nothing tells how many there are, and each would be compared
-- with each
receipts_told as (

    select
        receipts.store_id,
        receipts.receipt_number,
        cast(null as integer) as quantity,
        cast(null as numeric) as unit_price,
        cast(null as numeric) as discount_amount,
        true as is_rung_up
    from {{ ref('stg_stores__receipts') }} as receipts
    inner join receipt_lines
        on
            receipts.store_id = receipt_lines.store_id
            and receipts.receipt_id = receipt_lines.receipt_id
    where receipt_lines.line_type = 'sale' and receipts.receipt_number is not null

    union all

    select
        store_id,
        receipt_number,
        quantity,
        unit_price,
        discount_amount,
        false as is_rung_up
    from mailed_lines

),

marked_receipts as (

    select
        *,
        bool_or(is_rung_up) over (partition by store_id, receipt_number) as is_known_to_till
    from receipts_told

),

-- what the tills say, and what only the mails know
store_lines as (

    select
        quantity,
        unit_price,
        discount_amount
    from receipt_lines
    where line_type = 'sale'

    union all

    select
        quantity,
        unit_price,
        discount_amount
    from marked_receipts
    where not is_known_to_till

),

past_sales as (

    select * from {{ ref('stg_history__sales') }}

),

-- what is in the mart, and what was kept out of it
order_lines as (

    select
        source_system,
        quantity,
        net_amount
    from {{ ref('fct_order_lines') }}

    union all

    select
        source_system,
        quantity,
        quantity * unit_price - discount_amount as net_amount
    from {{ ref('rpt_rejected_order_lines') }}
    where line_type = 'sale'

),

counted_sources as (

    -- the marketplace states no amounts; see assert_marketplace_prices_are_those_of_the_day
    select
        'marketplace' as source_system,
        count(*) as line_count,
        sum(quantity) as quantity,
        cast(null as numeric) as net_amount
    from marketplace_transactions

    {% for system, lines in [
        ('shop', 'shop_order_items'), ('stores', 'store_lines'), ('history', 'past_sales')
    ] %}
    union all

    select
        '{{ system }}' as source_system,
        count(*) as line_count,
        sum(quantity) as quantity,
        sum(quantity * unit_price - coalesce(discount_amount, 0)) as net_amount
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

final as (

    select
        counted_sources.*,
        counted_mart.line_count as mart_line_count,
        counted_mart.quantity as mart_quantity,
        counted_mart.net_amount as mart_net_amount
    from counted_sources
    left join counted_mart
        on counted_sources.source_system = counted_mart.source_system
    where
        counted_sources.line_count <> coalesce(counted_mart.line_count, 0)
        or counted_sources.quantity <> coalesce(counted_mart.quantity, 0)
        or counted_sources.net_amount <> coalesce(counted_mart.net_amount, 0)

)

select * from final
