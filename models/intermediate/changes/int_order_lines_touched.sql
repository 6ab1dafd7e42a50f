{{ config(
    materialized='table',
    pre_hook="{{ keep_read_mark('fct_order_lines', is_built=false) }}",
    post_hook="{{ analyze_built(this) }}",
) }}
{% set mark, held = read_mark('fct_order_lines'), held_relation('fct_order_lines') %}
{# what lines point to: by which columns that both have, and which others say something of a line,
   of those that change much; with their types #}
{% set pointed_to = {
    'int_customers_unified': ({'customer_key': 'uuid'}, {}),
    'dim_customer_versions': ({'customer_key': 'uuid'}, {
        'customer_version_key': 'uuid', 'valid_from': 'timestamptz', 'valid_to': 'timestamptz',
    }),
    'dim_products': ({'product_id': 'text'}, {
        'product_key': 'uuid', 'price': 'text', 'valid_from': 'timestamptz',
        'valid_to': 'timestamptz',
    }),
    'dim_promotions': ({'promotion_code': 'text'}, {}),
    'int_exchange_rates_filled': ({'currency_code': 'text', 'order_date': 'date'}, {}),
    'snap_stores': ({'store_id': 'text'}, {}),
} %}
-- depends_on: {{ ref('int_rows_withdrawn') }}, {{ ref('rpt_rejected_order_lines') }}
-- depends_on: {{ ref('int_order_lines_unioned') }}

with

{% if mark or not execute %}
-- of what was emptied or copied anew, all may be gone
emptied as (

    select written.source_name
    from {{ written_rows('stg_ingest__changes') }} as written
    where {{ is_new('written', mark) }} and written.operation in ('truncate', 'restart')

),

final as (

    select
        source_system,
        order_line_id
    from {{ ref('int_order_lines_restated') }}

    union

    select
        'stores' as source_system,
        order_line_id
    from {{ ref('int_store_lines_restated') }}
    {% for model_name, (key, others) in pointed_to.items() %}

    union

    select
        held.source_system,
        held.order_line_id
    from {{ held }} as held
    where
        (held.{{ key | join(', held.') }}) in (
            select differing.{{ key | join(', differing.') }}
            from ({{ withdrawn_and_written(model_name, key, others, mark) }}) as differing
        )
    {% endfor %}

    union

    select
        held.source_system,
        held.order_line_id
    from {{ held }} as held
    where held.source_system in (select emptied.source_name from emptied)

)
{% else %}
final as (

    select
        source_system,
        order_line_id
    from {{ ref('int_order_lines_unioned') }}
    {% if held %}

    union

    select
        source_system,
        order_line_id
    from {{ held }}
    {% else %}
    -- the first build of lines reads them all by itself
    where false
    {% endif %}

)
{% endif %}

select * from final
