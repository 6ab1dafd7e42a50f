with

order_lines as (

    select * from {{ ref('fct_order_lines') }}

),

counts as (

    select * from {{ ref('rpt_source_counts') }}

),

-- a database is not a store: their day is over when it is so in the one furthest west
clocks as (

    select distinct
        'stores' as source_system,
        time_zone
    from {{ ref('stores') }}

),

last_sale as (

    select max(order_date) as last_order_date from order_lines

),

loads as (

    select
        *,
        -- an export holds as of its own time, also if one that was loaded before it is newer
        mode <> 'replace' or started_at = max(started_at) over (
            partition by source_name, table_name
        ) as is_held
    from {{ ref('stg_ingest__loads') }}
    where status = 'loaded' and mode <> 'replay'

),

-- as of when each database or export last said what it has
reports as (

    select
        source_name as source_system,
        'all' as part,
        max(extracted_at) as reported_at
    from loads
    where
        is_held
        and (source_name, table_name)
        in (('marketplace', 'transactions'), ('shop', 'orders'), ('history', 'sales'))
    group by source_name

    union all

    select
        'stores' as source_system,
        store_id as part,
        max(extracted_at) as reported_at
    from {{ ref('stg_stores__receipts') }}
    where
        not exists (
            select 1 from counts
            where counts.source_name = 'stores'
        )
    group by store_id

    union all

    select
        source_name as source_system,
        case when source_name = 'stores' then source_file else 'all' end as part,
        counted_at as reported_at
    from counts
    where table_name in ('orders', 'receipts')

),

last_reports as (

    select
        source_system,
        part,
        max(reported_at) as reported_at
    from reports
    group by source_system, part

),

-- a till that has been away for a week is not waited for
awaited as (

    select
        *,
        max(reported_at) over (partition by source_system) - interval '7 days' as awaited_from
    from last_reports

),

final as (

    select
        awaited.source_system,
        awaited.source_system = 'history' as is_closed,
        -- its last day was not over yet when it reported
        least(
            min({{ local_date('awaited.reported_at', 'clocks.time_zone') }}) - 1,
            min(last_sale.last_order_date)
        ) as last_complete_date,
        min(awaited.reported_at) as reported_at
    from awaited
    cross join last_sale
    left join clocks
        on awaited.source_system = clocks.source_system
    where awaited.reported_at >= awaited.awaited_from
    group by awaited.source_system

)

select * from final
