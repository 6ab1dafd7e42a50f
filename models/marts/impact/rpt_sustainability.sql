with

order_lines as (

    select
        channel,
        product_key,
        quantity - returned_quantity as quantity,
        {{ start_of('month', 'order_date') }} as month_start_date
    from {{ ref('fct_order_lines') }}
    where not is_cancelled

),

products as (

    select
        product_key,
        coalesce(category, 'Uncategorised') as category
    from {{ ref('dim_products') }}

),

assumptions as (

    select * from {{ ref('sustainability_assumptions') }}

),

pieces as (

    select
        order_lines.month_start_date,
        order_lines.channel,
        products.category,
        cast(sum(order_lines.quantity) as bigint) as quantity
    from order_lines
    inner join products
        on order_lines.product_key = products.product_key
    group by order_lines.month_start_date, order_lines.channel, products.category

),

final as (

    select
        pieces.channel,
        pieces.category,
        effects.measure,
        effects.unit,
        pieces.quantity,
        pieces.quantity * displacement.low * effects.low as avoided_low,
        pieces.quantity * displacement.central * effects.central as avoided_central,
        pieces.quantity * displacement.high * effects.high as avoided_high,
        pieces.month_start_date
    from pieces
    cross join assumptions as effects
    inner join assumptions as displacement
        on
            displacement.measure = 'displacement'
            and displacement.category = 'all'
    where
        effects.measure <> 'displacement'
        -- a category's own figure goes before the one for all
        and (
            effects.category = pieces.category
            or (
                effects.category = 'all'
                and not exists (
                    select 1 from assumptions as own
                    where own.measure = effects.measure and own.category = pieces.category
                )
            )
        )

)

select * from final
