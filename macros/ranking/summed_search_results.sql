{% macro summed_search_results(scored, explained, documents, lifecycle, order_lines) -%}
    with

    found as (

        select
            scored.is_relaxed,
            documents.product_id,
            documents.listing_status,
            documents.currency_code,
            documents.price,
            lifecycle.is_sold,
            lifecycle.days_to_sell
        from {{ scored }} as scored
        inner join {{ documents }} as documents
            on
                scored.listing_key = documents.listing_key
                and documents.retired_at = {{ end_of_time() }}
        left join {{ lifecycle }} as lifecycle
            on documents.product_id = lifecycle.product_id

    ),

    counted as (

        select
            count(*) as found_count,
            count(*) filter (where listing_status = 'available') as available_count,
            count(*) filter (where is_sold) as sold_count,
            mode() within group (order by currency_code) as currency_code,
            percentile_cont(0.5) within group (order by days_to_sell) as median_days_to_sell,
            coalesce(bool_or(is_relaxed), false) as is_relaxed
        from found

    ),

    -- prices in one currency only: the one that most listings have
    prices as (

        select
            percentile_disc(array[0, 0.25, 0.5, 0.75, 1])
            within group (order by found.price)
                as quantiles
        from found
        inner join counted
            on found.currency_code = counted.currency_code

    ),

    monthly_sales as (

        select
            date_trunc('month', order_lines.order_date) as month_start,
            sum(order_lines.quantity) as quantity,
            sum(order_lines.net_amount) as net_amount
        from found
        inner join counted
            on found.currency_code = counted.currency_code
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
        explained.search_name,
        explained.search_terms,
        explained.search_mode,
        counted.currency_code,
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
        prices.quantiles[5] as highest_price,
        counted.is_relaxed
    from {{ explained }} as explained
    cross join counted
    cross join prices
    cross join sales
{%- endmacro %}
