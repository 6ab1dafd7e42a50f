with

source as (

    select * from {{ source('ingest', 'changes') }}

),

final as (

    select
        change_id,
        source_name,
        table_name,
        operation,
        row_key,
        payload,
        committed_at
    from source
    where committed_at is not null

)

select * from final
