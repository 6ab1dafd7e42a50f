with

source as (

    select * from {{ source('ingest', 'quarantine') }}

),

final as (

    select
        quarantine_id,
        load_id,
        source_name,
        table_name,
        -- what follows the colon is of the single row, and may be personal
        split_part(reason, ':', 1) as reason,
        quarantined_at
    from source

)

select * from final
