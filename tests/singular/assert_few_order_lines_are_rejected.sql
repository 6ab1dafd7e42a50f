-- a few are warned of; many are a fault of the source's, and are to stop the build
{% set tolerated = model.config.meta.tolerated %}

with

rejected as (

    select
        source_system,
        count(*) as rejected_count
    from {{ ref('rpt_rejected_order_lines') }}
    group by source_system

),

counted as (

    {% for system, lines in [
        ('marketplace', 'stg_marketplace__transactions'), ('shop', 'stg_shop__order_items'),
        ('stores', 'stg_stores__receipt_lines'), ('history', 'stg_history__sales'),
    ] %}
    select
        '{{ system }}' as source_system,
        count(*) as line_count
    from {{ ref(lines) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        rejected.source_system,
        rejected.rejected_count,
        counted.line_count
    from rejected
    left join counted
        on rejected.source_system = counted.source_system
    where
        rejected.rejected_count > {{ tolerated.rows }}
        and rejected.rejected_count > {{ tolerated.share }} * coalesce(counted.line_count, 0)

)

select * from final
