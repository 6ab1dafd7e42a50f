select distinct
    'category' as facet,
    category as facet_value
from marts.rpt_sell_through
union
select distinct
    'brand' as facet,
    brand as facet_value
from marts.rpt_sell_through
union
select
    'channel' as facet,
    channel as facet_value
from marts.dim_channels
order by facet, facet_value
