with

quarantine as (

    select * from {{ ref('stg_ingest__quarantine') }}

),

loads as (

    select
        source_name,
        table_name,
        sum(rows_read) as row_count
    from {{ ref('stg_ingest__loads') }}
    group by source_name, table_name

),

order_lines as (

    select * from {{ ref('fct_order_lines') }}

),

quarantined as (

    select
        quarantine.source_name,
        quarantine.table_name,
        'quarantined' as issue,
        quarantine.reason,
        count(*) as affected_count,
        cast(min(loads.row_count) as bigint) as row_count
    from quarantine
    inner join loads
        on
            quarantine.source_name = loads.source_name
            and quarantine.table_name = loads.table_name
    group by quarantine.source_name, quarantine.table_name, quarantine.reason

),

order_line_issues as (

    {% for issue, condition in [
        ('missing_price', 'is_price_missing'),
        ('unmatched_order', 'is_order_missing'),
        ('unknown_customer', 'customer_key = ' ~ unknown_member_key()),
        ('unknown_product', 'product_key = ' ~ unknown_member_key()),
    ] %}
    select
        source_system as source_name,
        'fct_order_lines' as table_name,
        '{{ issue }}' as issue,
        'all' as reason,
        count(*) filter (where {{ condition }}) as affected_count,
        count(*) as row_count
    from order_lines
    group by source_system
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

unioned as (

    select * from quarantined
    union all
    select * from order_line_issues

),

final as (

    select
        source_name,
        table_name,
        issue,
        reason,
        affected_count,
        row_count,
        cast(affected_count as numeric) / nullif(row_count, 0) as affected_share
    from unioned

)

select * from final
