with

source as (

    select * from {{ source('ingest', 'counts') }}

),

final as (

    select
        load_id,
        source_rows,
        raw_rows,
        source_sums,
        raw_sums
    from source

)

select * from final
