with

pieces as (

    select
        coalesce(category, 'Uncategorised') as category,
        least(observed_days, 366) as observed_days,
        -- a piece that took longer than a year was unsold all that year
        is_sold and observed_days <= 365 as is_sold,
        {{ start_of('month', 'listed_date') }} as month_start_date
    from {{ ref('fct_piece_lifecycle') }}
    where is_counted

),

final as (

    select
        category,
        observed_days,
        count(*) filter (where is_sold) as sold_count,
        count(*) filter (where not is_sold) as unsold_count,
        month_start_date
    from pieces
    group by month_start_date, category, observed_days

)

select * from final
