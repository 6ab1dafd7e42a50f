{% macro postgres__rename_relation(from_relation, to_relation) -%}
    {#- what another search has put there since dbt looked; nothing otherwise -#}
    {%- set statements = [
        'drop ' ~ from_relation.type ~ ' if exists ' ~ to_relation ~ ' cascade',
        'alter ' ~ from_relation.type ~ ' ' ~ from_relation ~ ' rename to '
        ~ adapter.quote_as_configured(to_relation.identifier, 'identifier'),
    ] -%}
    {%- if target.name == 'analyst' -%}
        {#- who may not use plpgsql, and has a schema of their own -#}
        {%- call statement('rename_relation') -%}{{ statements | join('; ') }}{%- endcall -%}
    {%- else -%}
        {%- do patiently(statements, from_relation) -%}
    {%- endif -%}
{%- endmacro %}
