{% macro fifth_of(value, among=none) -%}
    {%- set part = 'partition by ' ~ among if among else '' -%}
    {%- set alike = 'partition by ' ~ ([among, value] | select | join(', ')) -%}
    cast(
        (2 * (rank() over ({{ part }} order by {{ value }}) - 1) + count(*) over ({{ alike }})) * 5
        / (2 * count(*) over ({{ part }})) + 1 as integer
    )
{%- endmacro %}
