with

counts as (

    select * from {{ ref('stg_ingest__counts') }}

),

loads as (

    select * from {{ ref('stg_ingest__loads') }}
    where status = 'loaded'

),

quarantined as (

    select
        loads.source_name,
        loads.table_name,
        loads.source_file,
        count(*) as row_count
    from {{ ref('stg_ingest__quarantine') }} as quarantine
    inner join loads
        on quarantine.load_id = loads.load_id
    group by loads.source_name, loads.table_name, loads.source_file

),

-- of each database and table, the last load that counted
latest as (

    select distinct on (loads.source_name, loads.table_name, loads.source_file)
        loads.source_name,
        loads.table_name,
        loads.source_file,
        counts.source_rows,
        counts.raw_rows,
        counts.source_sums,
        counts.raw_sums,
        loads.started_at as counted_at
    from counts
    inner join loads
        on counts.load_id = loads.load_id
    order by
        loads.source_name asc, loads.table_name asc, loads.source_file asc, loads.load_id desc

),

final as (

    select
        latest.source_name,
        latest.table_name,
        latest.source_file,
        latest.source_rows,
        latest.raw_rows,
        coalesce(quarantined.row_count, 0) as quarantined_rows,
        latest.source_rows <= latest.raw_rows + coalesce(quarantined.row_count, 0) as is_complete,
        (
            select string_agg(stated.key, ', ' order by stated.key)
            from jsonb_each_text(latest.source_sums) as stated
            where
                latest.source_rows = latest.raw_rows
                and cast(stated.value as numeric) is distinct from
                cast(latest.raw_sums ->> stated.key as numeric)
        ) as differing_sums,
        latest.counted_at
    from latest
    left join quarantined
        on
            latest.source_name = quarantined.source_name
            and latest.table_name = quarantined.table_name
            and latest.source_file = quarantined.source_file

)

select * from final
