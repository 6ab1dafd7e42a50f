with

source as (

    select * from {{ source('ingest', 'loads') }}

),

final as (

    select
        load_id,
        source_name,
        table_name,
        source_file,
        mode,
        status,
        message,
        rows_read,
        rows_loaded,
        rows_quarantined,
        started_at,
        finished_at,
        coalesce(extracted_at, started_at) as extracted_at
    from source

)

select * from final
