{{ config(
    materialized='table',
    pre_hook="{{ keep_read_mark('fct_order_lines', is_built=false) }}",
    post_hook="{{ analyze_built(this) }}",
) }}
{% set mark, held = read_mark('fct_order_lines'), held_relation('fct_order_lines') %}
{# raw tables of lines, with the column that numbers a line #}
{% set line_tables = {
    'stg_shop__order_items': ('shop', 'order_items', 'order_item_id'),
    'stg_marketplace__transactions': ('marketplace', 'transactions', 'sale_id'),
    'stg_history__sales': ('history', 'sales', 'sale_line_id'),
} %}
{# what lines point to, by columns that both have, and their types #}
{% set pointed_to = {
    'int_customers_unified': {'customer_key': 'uuid'},
    'dim_customer_versions': {'customer_key': 'uuid'},
    'dim_products': {'product_id': 'text'}, 'dim_promotions': {'promotion_code': 'text'},
    'int_exchange_rates_filled': {'currency_code': 'text', 'order_date': 'date'},
    'snap_stores': {'store_id': 'text'},
} %}
-- depends_on: {{ ref('int_order_lines_unioned') }}, {{ ref('rpt_rejected_order_lines') }}

with

withdrawn as (

    select * from {{ ref('int_rows_withdrawn') }} as withdrawn
    where {{ is_new('withdrawn', mark) }}

),

gone as (

    select
        source_name,
        table_name,
        operation,
        row_key ->> 0 as row_id
    from {{ written_rows('stg_ingest__changes') }} as changes
    where {{ is_new('changes', mark) }} and operation in ('delete', 'truncate', 'restart')

),

shop_orders as (

    select orders.order_id
    from {{ written_rows('stg_shop__orders') }} as orders
    left join {{ written_rows('stg_shop__customers') }} as customers
        on orders.customer_id = customers.customer_id
    where
        {{ is_new('orders', mark) }}
        or {{ is_new('customers', mark) }}
        or cast(orders.customer_id as text) in (
            select gone.row_id from gone
            where gone.source_name = 'shop' and gone.table_name = 'customers'
        )

    union all

    select states.order_id
    from {{ ref('snap_shop__order_states') }} as states
    where {{ is_new('states', mark) }}

),

store_receipts as (

    select
        store_id,
        receipt_number
    from {{ ref('int_store_sales') }} as sales
    where {{ is_new('sales', mark) }}

    union all

    select
        store_id,
        receipt_number
    from {{ ref('int_store_mails_deduplicated') }} as mails
    where {{ is_new('mails', mark) }}

    union all

    select
        row_key ->> 'store_id' as store_id,
        row_key ->> 'receipt_number' as receipt_number
    from withdrawn
    where relation_name in ('int_store_sales', 'int_store_mails_deduplicated')

),

final as (

    {% for model_name, (source_name, table_name, column) in line_tables.items() %}
    select
        '{{ source_name }}' as source_system,
        cast(written.{{ column }} as text) as order_line_id
    from {{ written_rows(model_name) }} as written
    where
        {{ is_new('written', mark) }}
        {% if source_name == 'shop' %}
        or written.order_id in (select shop_orders.order_id from shop_orders)
        or cast(written.order_id as text) in (
            select gone.row_id from gone
            where gone.source_name = 'shop' and gone.table_name = 'orders'
        )
        {% elif source_name == 'marketplace' %}
        or written.user_id in (
            select users.user_id from {{ written_rows('stg_marketplace__users') }} as users
            where {{ is_new('users', mark) }}
        )
        or cast(written.user_id as text) in (
            select gone.row_id from gone
            where gone.source_name = 'marketplace' and gone.table_name = 'users'
        )
        {% endif %}

    union

    select
        source_name as source_system,
        row_id as order_line_id
    from gone
    where source_name = '{{ source_name }}' and table_name = '{{ table_name }}' and row_id is not null

    union
    {% endfor %}

    select
        'stores' as source_system,
        told.order_line_id
    from {{ ref('int_store_sales_reconciled') }} as told
    inner join store_receipts
        on told.store_id = store_receipts.store_id and told.receipt_number = store_receipts.receipt_number

    union

    -- also of receipts without a number
    select
        'stores' as source_system,
        concat_ws('-', sales.store_id, sales.receipt_line_id) as order_line_id
    from {{ ref('int_store_sales') }} as sales
    where {{ is_new('sales', mark) }}

    union

    select
        'stores' as source_system,
        concat_ws('-', row_key ->> 'store_id', row_key ->> 'receipt_line_id') as order_line_id
    from withdrawn
    where relation_name = 'int_store_sales'
    {% if held %}

    union

    -- told by a mail, until the till has spoken
    select
        held.source_system,
        held.order_line_id
    from {{ held }} as held
    where
        held.source_system = 'stores'
        and held.order_id in (
            select concat_ws('-', receipts.store_id, 'mail', receipts.receipt_number)
            from store_receipts as receipts
        )
    {% for model_name, columns in pointed_to.items() %}

    union

    select
        held.source_system,
        held.order_line_id
    from {{ held }} as held
    where
        (held.{{ columns | join(', held.') }}) in (
            select pointed_to.{{ columns | join(', pointed_to.') }}
            from {{ ref(model_name) }} as pointed_to
            where {{ is_new('pointed_to', mark) }}

            union all

            select
                {% for column, type in columns.items() %}
                cast(withdrawn.row_key ->> '{{ column }}' as {{ type }}){{ ',' if not loop.last }}
                {% endfor %}
            from withdrawn
            where withdrawn.relation_name = '{{ model_name }}'
        )
    {% endfor %}

    union

    -- of what was emptied or copied anew, all may be gone; nor is it known what is without a mark
    select
        held.source_system,
        held.order_line_id
    from {{ held }} as held
    where
        {{ 'false' if mark else 'true' }}
        or held.source_system in (select gone.source_name from gone where gone.operation <> 'delete')
    {% endif %}

)

select * from final
-- the first build reads everything
where {{ 'true' if held else 'false' }}
