-- pieces of a category that were sold within so many days, the slowest first
select
    pieces.canonical_product_id as piece,
    coalesce(products.title, 'Unknown product') as title,
    products.brand,
    pieces.listed_date,
    pieces.first_sold_date,
    pieces.days_to_sell
from marts.fct_piece_lifecycle as pieces
left join marts.dim_products as products
    on pieces.product_key = products.product_key
where
    pieces.is_counted
    and pieces.is_sold
    and pieces.category = %(category)s
    and date_trunc('month', pieces.listed_date) between %(first_date)s and %(last_date)s
    and pieces.days_to_sell <= %(days)s
order by pieces.days_to_sell desc, pieces.canonical_product_id asc
limit 200
