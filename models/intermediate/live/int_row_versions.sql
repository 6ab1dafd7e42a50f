with

changes as (

    select * from {{ ref('stg_ingest__changes') }}

),

followed as (

    select
        *,
        lead(committed_at) over (
            partition by source_name, table_name, row_key
            order by change_id
        ) as next_change_at,
        -- what befalls all rows of a table at once
        min(committed_at) filter (where operation in ('truncate', 'restart')) over (
            partition by source_name, table_name
            order by change_id
            rows between 1 following and unbounded following
        ) as next_end_at
    from changes

),

final as (

    select
        source_name,
        table_name,
        row_key,
        payload,
        change_id,
        committed_at as valid_from,
        coalesce(least(next_change_at, next_end_at), {{ end_of_time() }}) as valid_to
    from followed
    where
        operation in ('insert', 'update')
        -- of a row that changes twice in one transaction nobody saw the first version
        and committed_at < coalesce(least(next_change_at, next_end_at), {{ end_of_time() }})

)

select * from final
