{% macro search_var_rules() %}
    {%- set texts = {'kind': 'texts', 'maximum_length': 200} -%}
    {%- set amount = {'kind': 'amount'} -%}
    {%- set day = {'kind': 'day'} -%}
    {{ return({
        'search_terms': {'kind': 'texts', 'maximum_length': 1000},
        'search_mode': {'kind': 'choice', 'choices': ['auto', 'all', 'any']},
        'search_category': texts,
        'search_brand': texts,
        'search_size': texts,
        'search_colour': texts,
        'search_condition': texts,
        'search_channel': texts,
        'search_country': texts,
        'search_min_price': amount,
        'search_max_price': amount,
        'search_from': day,
        'search_to': day,
        'search_sort': {
            'kind': 'choice', 'choices': ['relevance', 'price', 'price_desc', 'newest'],
        },
        'search_limit': {'kind': 'count'},
        'search_name': {'kind': 'name'},
    }) }}
{% endmacro %}
