-- customers of a cohort who bought so many months after the month of their first order
with

customer_months as (

    select
        customer_key,
        date_trunc('month', order_date) as month_start_date,
        min(date_trunc('month', order_date)) over (partition by customer_key) as first_month
    from marts.fct_orders
    where not is_cancelled
    group by customer_key, date_trunc('month', order_date)

)

select
    cast(customers.customer_key as text) as customer_key,
    customers.segment,
    customers.country_code,
    customers.order_count,
    customers.lifetime_value,
    customers.last_order_date
from customer_months
inner join marts.customer_360 as customers
    on customer_months.customer_key = customers.customer_key
where
    to_char(customer_months.first_month, %(cohort_format)s) = %(cohort)s
    and customer_months.month_start_date
    = customer_months.first_month + make_interval(months => %(month)s)
order by customers.lifetime_value desc nulls last, customer_key asc
limit 200
