{% macro ask_all_nodes() -%}
    set local citus.enable_local_execution to off
{%- endmacro %}
