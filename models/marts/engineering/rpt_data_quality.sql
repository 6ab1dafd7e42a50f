with

quarantine as (

    select * from {{ ref('stg_ingest__quarantine') }}

),

loads as (

    select
        source_name,
        table_name,
        mode,
        rows_read,
        started_at,
        -- a load that replaces takes the quarantine of those before it away, too
        max(started_at) filter (where mode = 'replace')
            over (partition by source_name, table_name) as last_replaced_at
    from {{ ref('stg_ingest__loads') }}
    -- what is replayed was read before
    where status = 'loaded' and mode <> 'replay'

),

counted as (

    select
        source_name,
        table_name,
        sum(rows_read) as row_count
    from loads
    where mode <> 'replace' or started_at = last_replaced_at
    group by source_name, table_name

),

-- all in one pass
flawed_lines as (

    select
        source_system,
        count(*) as row_count,
        count(*) filter (where is_price_missing) as missing_price_count,
        count(*) filter (where is_order_missing) as unmatched_order_count,
        count(*) filter (where customer_key = {{ unknown_member_key() }})
            as unknown_customer_count,
        count(*) filter (where product_key = {{ unknown_member_key() }}) as unknown_product_count
    from {{ ref('fct_order_lines') }}
    group by source_system

),

quarantined as (

    select
        quarantine.source_name,
        quarantine.table_name,
        'quarantined' as issue,
        quarantine.reason,
        count(*) as affected_count,
        cast(min(counted.row_count) as bigint) as row_count
    from quarantine
    inner join counted
        on
            quarantine.source_name = counted.source_name
            and quarantine.table_name = counted.table_name
    group by quarantine.source_name, quarantine.table_name, quarantine.reason

),

order_line_issues as (

    select
        flawed_lines.source_system as source_name,
        'fct_order_lines' as table_name,
        issues.issue,
        'all' as reason,
        issues.affected_count,
        flawed_lines.row_count
    from flawed_lines
    cross join
        lateral (
            values
            ('missing_price', flawed_lines.missing_price_count),
            ('unmatched_order', flawed_lines.unmatched_order_count),
            ('unknown_customer', flawed_lines.unknown_customer_count),
            ('unknown_product', flawed_lines.unknown_product_count)
        ) as issues (issue, affected_count)

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
