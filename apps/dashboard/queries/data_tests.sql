select
    verdict,
    test_name,
    relation_name,
    column_name,
    failure_count,
    count(*) over (partition by verdict) as verdict_count,
    data_loaded_at
from marts.rpt_data_tests
order by verdict = 'pass', verdict, test_name
