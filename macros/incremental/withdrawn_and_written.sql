{% macro withdrawn_and_written(model_name, key, others, mark) -%}
    {%- set columns = dict(key, **others) -%}
    {%- set written %}
        select
            {%- for column, type in columns.items() %}
            cast(written.{{ column }} as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ ref(model_name) }} as written
        where {{ is_new('written', mark) }}
    {%- endset -%}
    {%- set withdrawn %}
        select unpacked.{{ columns | join(', unpacked.') }}
        from {{ ref('int_rows_withdrawn') }} as logged
        cross join lateral jsonb_to_record(logged.row_key)
            as unpacked ({{ columns.items() | map('join', ' ') | join(', ') }})
        where
            logged.relation_name = '{{ model_name }}'
            and {{ is_new('logged', mark) }}
            {#- what came and went meanwhile, the reader has never seen -#}
            {{ ' and age(logged.written_by) > ' ~ mark if mark and others }}
    {%- endset -%}
    {%- if others -%}
    ({{ written }} except {{ withdrawn }})
    union all
    ({{ withdrawn }} except {{ written }})
    {%- else -%}
    {{ written }}
    union all
    {{ withdrawn }}
    {%- endif -%}
{%- endmacro %}
