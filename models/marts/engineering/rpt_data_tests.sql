-- the rows are dbt's own results, which record_data_tests writes when a run ends
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}

with

loads as (

    select finished_at from {{ ref('stg_ingest__loads') }}

),

final as (

    select
        cast(null as text) as test_name,
        cast(null as text) as relation_name,
        cast(null as text) as column_name,
        cast(null as text) as verdict,
        cast(null as bigint) as failure_count,
        finished_at as data_loaded_at
    from loads
    where false

)

select * from final
