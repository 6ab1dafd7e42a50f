with

loads as (

    select * from {{ ref('stg_ingest__loads') }}

),

-- the audit's own clock, so that building again changes nothing
horizon as (

    select max(finished_at) as last_finished_at from loads

),

final as (

    select
        loads.source_name,
        loads.table_name,
        {{ first_of('loads.status', 'loads.load_id desc') }} as last_status,
        count(*) as load_count,
        cast(sum(loads.rows_read) as bigint) as rows_read,
        cast(sum(loads.rows_loaded) as bigint) as rows_loaded,
        cast(sum(loads.rows_quarantined) as bigint) as rows_quarantined,
        count(*) filter (
            where
            loads.status = 'failed'
            and loads.finished_at > horizon.last_finished_at - interval '7 days'
        ) as recent_failure_count,
        cast(
            extract(
                epoch from horizon.last_finished_at
                - max(loads.finished_at) filter (where loads.status = 'loaded')
            ) / 3600 as numeric
        ) as hours_behind,
        max(loads.finished_at) filter (where loads.status = 'loaded') as last_loaded_at
    from loads
    cross join horizon
    group by loads.source_name, loads.table_name, horizon.last_finished_at

)

select * from final
