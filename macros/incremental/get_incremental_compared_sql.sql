{% macro get_incremental_compared_sql(arguments) -%}
    {%- set held, made = arguments.target_relation, arguments.temp_relation -%}
    {%- set key = arguments.unique_key -%}
    {%- set key = [key] if key is string else key -%}
    {%- set meta = config.get('meta', {}) -%}
    {%- set names = arguments.dest_columns | map(attribute='quoted') | list -%}
    {%- set compared = names | reject('equalto', '"built_at"') | list -%}
    {%- set differing = model.name ~ '__differing' -%}
    {%- if distributed_by() == 'reference' %}
    {#- which no temporary table can be joined to, and whose readers compare everything -#}
    delete from {{ held }};

    {{ get_insert_into_sql(held, made, arguments.dest_columns) }}
    {%- else %}
    create temporary table {{ differing }} on commit drop as
    select
        {%- for column in key %}
        held.{{ column }} as held_{{ column }},
        made.{{ column }} as made_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select * from {{ held }}
        {%- if meta.listed_by %}
        where ({{ key | join(', ') }}) in (select {{ key | join(', ') }} from {{ ref(meta.listed_by) }})
        {%- endif %}
    ) as held
    full join {{ made }} as made
        on {% for column in key %}held.{{ column }} = made.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    {#- as bytes, for 5.0 and 5.00 are equal and yet not the same row #}
    where record_image_ne(
        row(held.{{ compared | join(', held.') }}),
        row(made.{{ compared | join(', made.') }})
    );

    analyze {{ differing }};

    with withdrawn as (
        delete from {{ held }} as held
        where (held.{{ key | join(', held.') }}) in (
            select differing.held_{{ key | join(', differing.held_') }}
            from {{ differing }} as differing
        )
        returning held.*, {{ 'cast(null as xid)' if is_cluster() else 'held.xmin' }} as written_by
    )

    {{ log_withdrawn(meta.withdrawn_key or key, held) }};

    insert into {{ held }} ({{ names | join(', ') }})
    select made.{{ names | join(', made.') }}
    from {{ made }} as made
    inner join {{ differing }} as differing
        on {% for column in key %}made.{{ column }} = differing.made_{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    {%- endif %}
{%- endmacro %}
