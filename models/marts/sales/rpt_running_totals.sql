with

daily_sales as (

    select * from {{ ref('rpt_daily_sales') }}

),

dates as (

    select
        date_day,
        calendar_year,
        fiscal_year
    from {{ ref('dim_dates') }}

),

last_days as (

    {{ last_days_of_channels(ref('rpt_source_horizons')) }}

),

span as (

    select
        min(order_date) as first_date,
        max(order_date) as last_date
    from daily_sales

),

kinds as (

    select distinct
        daily_sales.channel,
        daily_sales.currency_code,
        last_days.last_complete_date
    from daily_sales
    left join last_days
        on daily_sales.channel = last_days.channel

),

filled as (

    select
        kinds.channel,
        kinds.currency_code,
        coalesce(daily_sales.quantity, 0) as quantity,
        coalesce(daily_sales.net_amount, 0) as gross_merchandise_value,
        coalesce(daily_sales.net_merchandise_value, 0) as net_merchandise_value,
        coalesce(dates.date_day <= kinds.last_complete_date, false) as is_complete,
        dates.date_day as order_date,
        dates.calendar_year,
        dates.fiscal_year
    from dates
    inner join span
        on dates.date_day between span.first_date and span.last_date
    cross join kinds
    left join daily_sales
        on
            dates.date_day = daily_sales.order_date
            and kinds.channel = daily_sales.channel
            and kinds.currency_code = daily_sales.currency_code

),

totals as (

    select
        channel,
        currency_code,
        quantity,
        gross_merchandise_value,
        net_merchandise_value,
        {% for total, time in [
            ('year_to_date', 'this_year'), ('fiscal_year_to_date', 'this_fiscal_year'),
            ('all_time', 'all_time'),
        ] %}
        sum(gross_merchandise_value) over {{ time }} as {{ total }}_gross_merchandise_value,
        sum(net_merchandise_value) over {{ time }} as {{ total }}_net_merchandise_value,
        {% endfor %}
        is_complete,
        order_date
    from filled
    window
        this_year as (
            partition by channel, currency_code, calendar_year order by order_date
        ),
        this_fiscal_year as (
            partition by channel, currency_code, fiscal_year order by order_date
        ),
        all_time as (partition by channel, currency_code order by order_date)

),

final as (

    select
        channel,
        currency_code,
        quantity,
        gross_merchandise_value,
        net_merchandise_value,
        {% for total in ['year_to_date', 'fiscal_year_to_date'] %}
        {% for value in ['gross_merchandise_value', 'net_merchandise_value'] %}
        {{ total }}_{{ value }},
        {% endfor %}
        {% for value in ['gross_merchandise_value', 'net_merchandise_value'] %}
        first_value({{ total }}_{{ value }}) over last_year as last_{{ total }}_{{ value }},
        {% endfor %}
        {% endfor %}
        all_time_gross_merchandise_value,
        all_time_net_merchandise_value,
        is_complete,
        order_date
    from totals
    window
        last_year as (
            partition by channel, currency_code order by order_date
            range between interval '1 year' preceding and interval '1 year' preceding
        )

)

select * from final
