select
    source_name,
    table_name,
    last_status,
    last_loaded_at,
    cast(extract(epoch from now() - last_loaded_at) / 3600 as numeric) as hours_since_load,
    load_count,
    recent_failure_count,
    rows_read,
    rows_loaded,
    rows_quarantined
from marts.rpt_load_health
where source_name = any(%(sources)s)
order by last_status, source_name, table_name
