{% macro refuse_doubled_keys(node, unique_key) %}
    {#- dbt would end the version held once for each of the rows, and its ranges would overlap -#}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
    {%- set doubled = run_query(
        'select concat_ws(\', \', ' ~ keys | join(', ') ~ ') as doubled_key, count(*) as row_count'
        ~ ' from (' ~ node.compiled_code ~ ') as source_now'
        ~ ' group by ' ~ keys | join(', ')
        ~ ' having count(*) > 1 or ' ~ keys | join(' is null or ') ~ ' is null'
        ~ ' order by doubled_key limit 5'
    ).rows -%}
    {%- if doubled -%}
        {%- set shown = [] -%}
        {%- for row in doubled -%}
            {%- do shown.append((row.doubled_key or 'NULL') ~ ' (' ~ row.row_count ~ ' rows)') -%}
        {%- endfor -%}
        {%- do exceptions.raise_compiler_error(
            keys | join(', ') ~ ' is not a key of what ' ~ node.name ~ ' reads: '
            ~ shown | join(', ') ~ '. The history was not changed. Mend the rows at their source, '
            ~ 'or load it anew; then run dbt snapshot again.'
        ) -%}
    {%- endif -%}
{% endmacro %}
