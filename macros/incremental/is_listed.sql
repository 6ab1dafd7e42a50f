{% macro is_listed(rows, listed, columns) -%}
    {#- a few are written into the statement, so that they are looked for where they are read: in
        the raw tables, below all that is made of them -#}
    {%- set last = columns | last -%}
    {%- set found = [] -%}
    {%- if execute and load_relation(listed) -%}
        {%- set query = 'select distinct ' ~ last ~ ' from ' ~ listed ~ ' limit 20001' -%}
        {%- set found = run_query(query).columns[0].values() -%}
    {%- endif -%}
    {%- if not found -%}
    false
    {%- else -%}
    {%- if found | length <= 20000 %}
    {{ rows }}.{{ last }} = any({{ sql_text_array(found) }})
    and
    {%- endif %}
    ({{ rows }}.{{ columns | join(', ' ~ rows ~ '.') }}) in (
        select {{ columns | join(', ') }} from {{ listed }}
    )
    {%- endif -%}
{%- endmacro %}
