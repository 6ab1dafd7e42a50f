{% macro latest_statement(column, stated) -%}
    {#- the record's id settles ties -#}
    (
        array_agg({{ column }} order by updated_at desc nulls last, customer_record_id asc)
        filter (where {{ stated or column ~ ' is not null' }})
    )[1]
{%- endmacro %}
