{% macro summed_search_results(scored, explained, documents, lifecycle, order_lines) -%}
    with

    {{ found_listings_cte(scored, documents, lifecycle) }},

    items as (

        select
            item_key,
            {{ search_item_status('found') }} as listing_status,
            bool_or(is_sold) as is_sold,
            min(days_to_sell) as days_to_sell
        from found
        group by item_key

    ),

    counted as (

        select
            count(*) as found_count,
            count(*) filter (where listing_status = 'available') as available_count,
            count(*) filter (where is_sold) as sold_count,
            percentile_cont(0.5) within group (order by days_to_sell) as median_days_to_sell
        from items

    ),

    -- prices in one currency only: the one that most listings have
    currencies as (

        select
            mode() within group (order by currency_code) as currency_code,
            coalesce(bool_or(is_relaxed), false) as is_relaxed
        from found

    ),

    -- of an item its lowest price, so that one that is listed often counts once
    item_prices as (

        select
            min(found.price) as lowest_price,
            max(found.price) as highest_price
        from found
        inner join currencies
            on found.currency_code = currencies.currency_code
        group by found.item_key

    ),

    prices as (

        select
            percentile_disc(array[0, 0.25, 0.5, 0.75]) within group (order by lowest_price)
                as quantiles,
            max(highest_price) as highest_price
        from item_prices

    ),

    monthly_sales as (

        select
            date_trunc('month', order_lines.order_date) as month_start,
            sum(order_lines.quantity) as quantity,
            sum(order_lines.net_amount) as net_amount
        from found
        inner join currencies
            on found.currency_code = currencies.currency_code
        inner join {{ order_lines }} as order_lines
            on
                found.product_id = order_lines.product_id
                and found.currency_code = order_lines.currency_code
                and not order_lines.is_cancelled
        group by date_trunc('month', order_lines.order_date)

    ),

    sales as (

        select
            jsonb_agg(
                jsonb_build_object(
                    'month', to_char(month_start, 'YYYY-MM'),
                    'quantity', quantity,
                    'net_amount', net_amount
                ) order by month_start
            ) as sales_by_month
        from monthly_sales

    )

    select
        currencies.currency_code,
        explained.corrected_words,
        explained.unknown_words,
        case when counted.found_count = 0 then explained.nearest_words end as nearest_words,
        coalesce(sales.sales_by_month, cast('[]' as jsonb)) as sales_by_month,
        counted.found_count,
        counted.available_count,
        counted.sold_count,
        cast(counted.sold_count as numeric) / nullif(counted.found_count, 0) as sold_share,
        cast(counted.median_days_to_sell as numeric) as median_days_to_sell,
        prices.quantiles[1] as lowest_price,
        prices.quantiles[2] as lower_quartile_price,
        prices.quantiles[3] as median_price,
        prices.quantiles[4] as upper_quartile_price,
        prices.highest_price,
        currencies.is_relaxed
    from {{ explained }} as explained
    cross join counted
    cross join currencies
    cross join prices
    cross join sales
{%- endmacro %}
