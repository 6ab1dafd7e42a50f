{{ config(materialized='ephemeral') }}
{% set mark = read_mark('fct_order_lines') %}
{# raw tables of lines, with the column that numbers a line #}
{% set line_tables = {
    'stg_shop__order_items': ('shop', 'order_items', 'order_item_id'),
    'stg_marketplace__transactions': ('marketplace', 'transactions', 'sale_id'),
    'stg_history__sales': ('history', 'sales', 'sale_line_id'),
} %}

with

gone as (

    select
        changes.source_name,
        changes.table_name,
        changes.row_key ->> 0 as row_id
    from {{ written_rows('stg_ingest__changes') }} as changes
    where {{ is_new('changes', mark) }} and changes.operation = 'delete'

),

-- of which all lines are touched: by themselves, their state, or the account that they name
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

    select order_states.order_id
    from {{ ref('snap_shop__order_states') }} as order_states
    where {{ is_new('order_states', mark) }}

),

marketplace_users as (

    select members.user_id
    from {{ written_rows('stg_marketplace__users') }} as members
    where {{ is_new('members', mark) }}

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
        or written.user_id in (select marketplace_users.user_id from marketplace_users)
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
    where source_name = '{{ source_name }}' and table_name = '{{ table_name }}'
    {{ 'union' if not loop.last }}
    {% endfor %}

)

select * from final
