{% macro latest_statement(column, stated) -%}
    {#- the record's id settles ties -#}
    {{ first_of(
        column, 'updated_at desc nulls last, customer_record_id asc',
        where=stated or column ~ ' is not null'
    ) }}
{%- endmacro %}
