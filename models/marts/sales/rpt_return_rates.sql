{% set windows = [7, 14, 30, 60, 90] %}

with

-- the marketplace tells of no returns
order_lines as (

    select
        order_line_key,
        source_system,
        quantity,
        {{ start_of('month', 'order_date') }} as month_start_date
    from {{ ref('fct_order_lines') }}
    where not is_cancelled and source_system <> 'marketplace'

),

sold as (

    select
        source_system,
        month_start_date,
        cast(sum(quantity) as numeric) as sold_quantity
    from order_lines
    group by source_system, month_start_date

),

returned as (

    select
        order_lines.source_system,
        order_lines.month_start_date,
        {% for days in windows %}
        coalesce(sum(order_returns.returned_quantity) filter (
            where order_returns.return_date <= order_returns.order_date + {{ days }}
        ), 0) as returned_{{ days }}_days_quantity,
        {% endfor %}
        sum(order_returns.returned_quantity) as returned_quantity,
        count(*) filter (where order_returns.returned_at is null) as undated_count
    from {{ ref('fct_returns') }} as order_returns
    inner join order_lines
        on order_returns.order_line_key = order_lines.order_line_key
    group by order_lines.source_system, order_lines.month_start_date

),

-- how long ago the month's last day was
watched as (

    select
        sold.source_system,
        sold.month_start_date,
        sold.sold_quantity,
        horizons.last_complete_date
        - cast(sold.month_start_date + interval '1 month - 1 day' as date) as days_watched
    from sold
    inner join {{ ref('rpt_source_horizons') }} as horizons
        on sold.source_system = horizons.source_system

),

final as (

    select
        watched.source_system,
        cast(watched.sold_quantity as bigint) as sold_quantity,
        cast(coalesce(returned.returned_quantity, 0) as bigint) as returned_quantity,
        coalesce(returned.returned_quantity, 0) / watched.sold_quantity as returned_share,
        {% for days in windows %}
        case
            when watched.days_watched >= {{ days }} and coalesce(returned.undated_count, 0) = 0
                then coalesce(returned.returned_{{ days }}_days_quantity, 0) / watched.sold_quantity
        end as returned_{{ days }}_days_share,
        {% endfor %}
        watched.source_system = 'history' or watched.days_watched >= {{ windows[-1] }}
            as is_settled,
        watched.month_start_date
    from watched
    left join returned
        on
            watched.source_system = returned.source_system
            and watched.month_start_date = returned.month_start_date

)

select * from final
