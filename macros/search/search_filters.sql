{% macro search_filters() %}
    {%- set text = {'type': 'text[]', 'spelling': 'name', 'passes': '= any'} -%}
    {{ return({
        'categories': dict(text, var='search_category', column='category'),
        'brands': dict(text, var='search_brand', column='brand', spelling='brand'),
        'sizes': dict(text, var='search_size', column='size'),
        'colours': dict(text, var='search_colour', column='colour'),
        'conditions': dict(text, var='search_condition', column='condition'),
        'channels': dict(text, var='search_channel', column='channels', passes='&&'),
        'countries': dict(
            text, var='search_country', column='country_codes', spelling='code', passes='&&'
        ),
        'min_price': dict(
            type='numeric', var='search_min_price', column='price', passes='>=',
            up_to='search_max_price'
        ),
        'max_price': dict(type='numeric', var='search_max_price', column='price', passes='<='),
        'from_date': dict(
            type='date', var='search_from', column='listed_date', passes='>=', up_to='search_to'
        ),
        'to_date': dict(type='date', var='search_to', column='listed_date', passes='<='),
    }) }}
{% endmacro %}
