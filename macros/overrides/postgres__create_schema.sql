{% macro postgres__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        do $create$
        begin
            create schema if not exists {{ relation.without_identifier().include(database=false) }};
        exception
            when unique_violation or duplicate_schema then null;
        end
        $create$
    {%- endcall -%}
{%- endmacro %}
