select
    source_name,
    table_name,
    issue,
    reason,
    affected_count,
    row_count,
    affected_share
from marts.rpt_data_quality
where
    affected_count > 0
    and source_name = any(%(sources)s)
order by issue <> 'quarantined', affected_count desc, source_name asc, table_name asc, reason asc
