-- months are put together by what they have in common: quarters of customers, each by its own
with

cells as (

    select
        to_char(cohort_start_date, %(cohort_format)s) as cohort,
        periods_since as months_since,
        count(*) as month_count,
        sum(customer_count) as customer_count,
        sum(active_count) as active_count,
        min(least_customer_count) as least_customer_count
    from marts.rpt_cohort_retention
    where
        period = 'month'
        and cohort_start_date between %(first_date)s and %(last_date)s
        and periods_since <= 12
    group by to_char(cohort_start_date, %(cohort_format)s), periods_since

),

-- until the youngest month of the cohort is not over
whole as (

    select
        *,
        month_count = max(month_count) over (partition by cohort) as is_whole
    from cells

)

select
    cohort,
    months_since,
    customer_count,
    active_count,
    active_count / customer_count as active_share
from whole
where is_whole and customer_count >= least_customer_count
order by cohort, months_since
