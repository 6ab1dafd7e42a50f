{% macro search_arguments(checked) %}
    {%- set types, arguments = search_argument_types(), [] -%}
    {%- for name, value in search_argument_values(checked).items() -%}
        {%- set literal = sql_text(value) if types[name] == 'text'
            else sql_text_array(value) if types[name] == 'text[]'
            else sql_cast(value, types[name]) -%}
        {%- do arguments.append(name ~ ' => ' ~ literal) -%}
    {%- endfor -%}
    {{ return(arguments | join(',\n        ')) }}
{% endmacro %}
