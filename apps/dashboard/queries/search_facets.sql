select
    facet,
    facet_value,
    item_count,
    available_count
from
    search.search_listing_facets(
        search_terms => cast(%(terms)s as text),
        search_mode => cast(%(mode)s as text),
        categories => cast(%(categories)s as text[]),
        brands => cast(%(brands)s as text[]),
        sizes => cast(%(sizes)s as text[]),
        colours => cast(%(colours)s as text[]),
        conditions => cast(%(conditions)s as text[]),
        channels => cast(%(channels)s as text[]),
        countries => cast(%(countries)s as text[]),
        min_price => cast(%(min_price)s as numeric),
        max_price => cast(%(max_price)s as numeric),
        from_date => cast(%(from_date)s as date),
        to_date => cast(%(to_date)s as date),
        sort_by => cast(%(sort_by)s as text),
        result_limit => cast(%(result_limit)s as integer),
        fold => cast(%(fold)s as boolean)
    )
order by facet asc, item_count desc, facet_value asc
