{% macro refuse_unknown_time_zones(stores, raise_error=none) %}
    {%- set query %}
        select stores.store_id, stores.time_zone
        from (select * from {{ stores }}) as stores
        where not exists (
            select 1 from pg_timezone_names as zones where zones.name = stores.time_zone
        )
        order by stores.store_id
    {% endset -%}
    {%- set shown = [] -%}
    {%- for row in (run_query(query).rows if execute else []) -%}
        {%- do shown.append(row.store_id ~ " has '" ~ (row.time_zone or '') ~ "'") -%}
    {%- endfor -%}
    {%- if shown -%}
        {{ return((raise_error or exceptions.raise_compiler_error)(
            'seeds/stores.csv names time zones that PostgreSQL does not know: ' ~ shown | join(', ')
            ~ '. Write an IANA name as pg_timezone_names lists it, for example Europe/Berlin.'
        )) }}
    {%- endif -%}
{% endmacro %}
