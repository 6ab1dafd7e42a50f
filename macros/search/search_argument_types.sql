{% macro search_argument_types() %}
    {%- set types = {'search_terms': 'text', 'search_mode': 'text'} -%}
    {%- for name, filter in search_filters().items() -%}
        {%- do types.update({name: filter.type}) -%}
    {%- endfor -%}
    {{ return(dict(types, sort_by='text', result_limit='integer', fold='boolean')) }}
{% endmacro %}
