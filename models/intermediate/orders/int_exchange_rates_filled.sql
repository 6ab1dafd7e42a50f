{{ config(
    materialized='incremental',
    incremental_strategy='compared',
    unique_key=['currency_code', 'order_date'],
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_rows_withdrawn') }}

with

rates as (

    select
        rate_date,
        currency_code,
        units_per_base,
        lead(rate_date, 1, cast('{{ calendar_bounds()[1] }}' as date)) over (
            partition by currency_code order by rate_date
        ) as next_rate_date
    from {{ ref('exchange_rates') }}
    where base_currency_code = {{ reporting_currency() }}

),

-- each day by itself, so that a sale finds its rate by equality and not among all of a currency
final as (

    select
        rates.currency_code,
        rates.units_per_base,
        rates.rate_date,
        cast(series.rated_day as date) as order_date
    from rates
    cross join generate_series(
        cast(rates.rate_date as timestamp),
        cast(rates.next_rate_date as timestamp) - interval '1 day',
        interval '1 day'
    ) as series (rated_day)

)

select * from final
