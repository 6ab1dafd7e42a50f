with

-- read twice; kept apart, all orders would be read for the items of one
orders as not materialized (

    select * from {{ ref('fct_orders') }}

),

returns as (

    select * from {{ ref('fct_returns') }}

),

order_lines as (

    select
        order_lines.*,
        documents.*,
        orders.built_at as order_built_at
    from {{ ref('fct_order_lines') }} as order_lines
    inner join orders
        on order_lines.order_key = orders.order_key
    -- what is cancelled is what was not brought back before
    cross join
        lateral (
            values
            ('sale', order_lines.order_date, 0, order_lines.quantity),
            (
                'cancellation', order_lines.cancelled_date,
                order_lines.quantity, order_lines.returned_quantity
            )
        ) as documents (document_reason, item_date, pieces_before, pieces_after)
    where documents.item_date is not null and documents.pieces_before <> documents.pieces_after

),

entries as (

    select
        order_key,
        order_line_key,
        cast(null as uuid) as return_key,
        document_reason,
        currency_code,
        pieces_after - pieces_before as quantity,
        {{ cents_of_pieces('gross_amount', 'pieces_after', 'pieces_before') }} as gross_amount,
        {{ cents_of_pieces('net_amount', 'pieces_after', 'pieces_before') }} as net_amount,
        0 as shipping_amount,
        item_date,
        order_built_at as built_at
    from order_lines

    union all

    select
        order_key,
        order_line_key,
        return_key,
        case when returned_quantity > 0 then 'return' else 'voided_return' end as document_reason,
        currency_code,
        -returned_quantity as quantity,
        -gross_amount as gross_amount,
        -returned_amount as net_amount,
        -shipping_amount as shipping_amount,
        return_date as item_date,
        built_at
    from returns

    union all

    select
        orders.order_key,
        cast(null as uuid) as order_line_key,
        cast(null as uuid) as return_key,
        documents.document_reason,
        orders.currency_code,
        0 as quantity,
        0 as gross_amount,
        0 as net_amount,
        documents.direction * round(orders.shipping_amount, 2) as shipping_amount,
        documents.item_date,
        orders.built_at
    from orders
    cross join
        lateral (
            values ('sale', orders.order_date, 1), ('cancellation', orders.cancelled_date, -1)
        ) as documents (document_reason, item_date, direction)
    -- with a return that completes the order it is given back by the return
    where
        orders.shipping_amount > 0
        and (
            documents.document_reason = 'sale'
            or (orders.is_cancelled and not orders.is_returned_whole)
        )

),

final as (

    select
        {{ surrogate_key([
            'entries.order_key', 'entries.order_line_key', 'entries.return_key',
            'entries.document_reason', 'items.item_type'
        ]) }} as invoice_item_key,
        {{ surrogate_key([
            'entries.order_key', 'entries.document_reason', 'entries.item_date'
        ]) }} as invoice_key,
        entries.order_key,
        entries.order_line_key,
        entries.return_key,
        case
            when entries.document_reason in ('sale', 'voided_return') then 'invoice'
            else 'credit_note'
        end as document_type,
        entries.document_reason,
        items.item_type,
        entries.currency_code,
        items.quantity,
        items.amount,
        entries.item_date,
        entries.built_at
    from entries
    cross join
        lateral (
            values
            ('goods', entries.quantity, entries.gross_amount),
            ('discount', 0, entries.net_amount - entries.gross_amount),
            ('shipping', 0, entries.shipping_amount)
        ) as items (item_type, quantity, amount)
    where items.quantity <> 0 or items.amount <> 0

)

select * from final
