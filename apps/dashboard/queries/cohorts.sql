-- months are put together by what they have in common: quarters of customers, each by its own
select
    to_char(cohort_month, %(cohort_format)s) as cohort,
    months_since,
    sum(customer_count) as customer_count,
    sum(active_count) as active_count,
    sum(active_count) / sum(customer_count) as active_share
from marts.rpt_cohort_retention
where
    cohort_month between %(first_date)s and %(last_date)s
    and months_since <= 12
group by to_char(cohort_month, %(cohort_format)s), months_since
having bool_and(is_observed)
order by cohort, months_since
