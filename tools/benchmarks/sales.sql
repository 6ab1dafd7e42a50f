-- Sales that follow from their number alone; :rows is replaced.
select
    n as sale_line_id,
    'R-' || lpad(cast(n / 3 as text), 12, '0') as receipt_number,
    (array['BER01', 'HAM01', 'MUC02', 'VIE01', 'ZRH01'])[n % 5 + 1] as store_id,
    timestamptz '2015-01-02 08:00Z' + n % 3000000 * interval '110 seconds' as sold_at,
    'SKU-' || upper(substr(md5(cast(n % 40009 as text)), 1, 12)) as sku,
    (array['Jacket "Anna", denim, blue', 'Wool coat', 'Dress with belt, never worn',
        'Trainers, size 41', 'Vintage leather bag "Brera"', 'Shirt'])[n % 6 + 1]
        || ' no. ' || n % 40009 as product_title,
    (array['Outerwear', 'Dresses', 'Shoes', 'Bags and accessories'])[n % 4 + 1] as category,
    n % 3 + 1 as quantity,
    round((n * 7919 % 19900 + 100) / 100.0, 2) as unit_price,
    round(n * 31 % 500 / 100.0, 2) as discount_amount,
    case when n % 3 = 0 then 'customer.' || n * 17 % 90001 || '@example.com' end
        as customer_email,
    cast(n % 23 = 0 as text) as is_returned,
    date '2015-01-02' + cast(n % 3600 as integer) as sold_on
from generate_series(cast(1 as bigint), :rows) as n
