-- of every source: rows read against loaded and quarantined, its own count against its raw tables,
-- and of those with sales the lines in the marts
with

loads as (

    select
        source_name,
        count(*) as table_count,
        sum(rows_read) as rows_read,
        sum(rows_loaded) as rows_loaded,
        sum(rows_quarantined) as rows_quarantined,
        bool_and(last_status = 'loaded') as is_loaded
    from marts.rpt_load_health
    group by source_name

),

counts as (

    select
        source_name,
        sum(source_rows) as source_rows,
        bool_and(is_complete) as is_complete
    from marts.rpt_source_counts
    group by source_name

)

select
    loads.source_name,
    loads.is_loaded
    and loads.rows_read = loads.rows_loaded + loads.rows_quarantined
    and coalesce(counts.is_complete, true)
    and coalesce(marts.is_reconciled, true) as is_agreeing,
    loads.table_count,
    loads.rows_read,
    loads.rows_loaded,
    loads.rows_quarantined,
    counts.source_rows,
    marts.raw_line_count,
    marts.mart_line_count,
    marts.rejected_line_count,
    marts.net_amount_difference
from loads
left join counts
    on loads.source_name = counts.source_name
left join marts.rpt_source_reconciliation as marts
    on loads.source_name = marts.source_system
order by is_agreeing, loads.source_name
