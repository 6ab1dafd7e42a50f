select
    source_system,
    is_reconciled,
    raw_line_count,
    mart_line_count,
    raw_quantity,
    mart_quantity,
    net_amount_difference
from marts.rpt_source_reconciliation
order by is_reconciled, source_system
