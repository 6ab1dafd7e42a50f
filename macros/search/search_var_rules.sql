{% macro search_var_rules() %}
    {%- set rules = {
        'search_terms': {'kind': 'texts', 'maximum_length': 1000},
        'search_mode': {'kind': 'choice', 'choices': ['auto', 'all', 'any', 'broad']},
    } -%}
    {%- set kinds = {'text[]': 'texts', 'numeric': 'amount', 'date': 'day'} -%}
    {%- for filter in search_filters().values() -%}
        {%- do rules.update({filter.var: {
            'kind': kinds[filter.type], 'maximum_length': 200, 'up_to': filter.get('up_to'),
        }}) -%}
    {%- endfor -%}
    {%- do rules.update({
        'search_sort': {
            'kind': 'choice', 'choices': ['relevance', 'price', 'price_desc', 'newest'],
        },
        'search_limit': {'kind': 'count'},
        'search_fold': {'kind': 'switch'},
        'search_name': {'kind': 'name'},
    }) -%}
    {%- for rule in rules.values() -%}
        {%- do rule.update({'optional': true}) -%}
    {%- endfor -%}
    {{ return(rules) }}
{% endmacro %}
