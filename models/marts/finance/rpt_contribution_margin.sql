with

order_lines as (

    select
        product_key,
        channel,
        currency_code,
        order_date,
        net_amount - returned_amount as net_merchandise_value,
        unit_price * (quantity - returned_quantity) as list_value
    from {{ ref('fct_order_lines') }}
    -- what members sell each other is not own stock
    where channel <> 'marketplace' and not is_cancelled

),

products as (

    select
        product_key,
        coalesce(category, 'Uncategorised') as category
    from {{ ref('dim_products') }}

),

cost_rates as (

    select * from {{ ref('cost_rates') }}

),

vat_rates as (

    select * from {{ ref('vat_rates') }}

),

costed as (

    select
        order_lines.channel,
        products.category,
        order_lines.currency_code,
        order_lines.net_merchandise_value,
        order_lines.list_value * cost_rates.cost_rate as cost_amount,
        vat_rates.vat_rate,
        {{ start_of('month', 'order_lines.order_date') }} as month_start_date
    from order_lines
    inner join products
        on order_lines.product_key = products.product_key
    left join cost_rates
        on
            products.category = cost_rates.category
            and order_lines.order_date >= cost_rates.valid_from
            and order_lines.order_date < cost_rates.valid_to
    left join vat_rates
        on
            order_lines.order_date >= vat_rates.valid_from
            and order_lines.order_date < vat_rates.valid_to

),

added_up as (

    select
        channel,
        category,
        currency_code,
        sum(net_merchandise_value) as net_merchandise_value,
        coalesce(sum(net_merchandise_value) filter (where cost_amount is null), 0)
            as uncosted_value,
        coalesce(sum(cost_amount), 0) as cost_amount,
        -- of the margin of each piece; a loss on one lowers no tax on another
        coalesce(
            sum(
                greatest(net_merchandise_value - cost_amount, 0) * vat_rate / (1 + vat_rate)
            ) filter (where cost_amount is not null),
            0
        ) as vat_amount,
        month_start_date
    from costed
    group by month_start_date, channel, category, currency_code

),

final as (

    select
        channel,
        category,
        currency_code,
        net_merchandise_value,
        uncosted_value,
        cost_amount,
        vat_amount,
        net_merchandise_value - uncosted_value - cost_amount - vat_amount as contribution_margin,
        (net_merchandise_value - uncosted_value - cost_amount - vat_amount)
        / nullif(net_merchandise_value - uncosted_value - vat_amount, 0) as contribution_share,
        uncosted_value / nullif(net_merchandise_value, 0) as uncosted_share,
        month_start_date
    from added_up

)

select * from final
