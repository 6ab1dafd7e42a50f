with

corrections as (

    select * from {{ ref('int_store_corrections') }}
    where problem is null

),

-- of several voids of one line the first counts
voids as (

    select distinct on (store_id, receipt_line_id)
        store_id,
        receipt_line_id,
        correction_id,
        corrected_at
    from corrections
    where line_type = 'void'
    order by store_id, receipt_line_id, corrected_at, correction_id

),

-- what came back, and what a void took out of it again
moves as (

    select
        returned.store_id,
        returned.receipt_line_id,
        returned.correction_id as return_number,
        -- after the sale was void a void of its return says nothing
        coalesce(
            return_voids.corrected_at < coalesce(sale_voids.corrected_at, 'infinity'), false
        ) as is_voided,
        moves.move_number,
        moves.quantity,
        moves.moved_at,
        returned.reported_at
    from corrections as returned
    left join voids as return_voids
        on
            returned.store_id = return_voids.store_id
            and returned.correction_id = return_voids.receipt_line_id
    left join voids as sale_voids
        on
            returned.store_id = sale_voids.store_id
            and returned.receipt_line_id = sale_voids.receipt_line_id
    cross join
        lateral (
            values
            (returned.correction_id, returned.quantity, returned.corrected_at),
            (return_voids.correction_id, -returned.quantity, return_voids.corrected_at)
        ) as moves (move_number, quantity, moved_at)
    where
        returned.line_type = 'return'
        and moves.move_number is not null
        -- of a sale that is void nothing is left to bring back
        and (sale_voids.corrected_at is null or moves.moved_at < sale_voids.corrected_at)

),

final as (

    select
        store_id,
        receipt_line_id,
        sum(quantity) as returned_quantity,
        max(moved_at) filter (where not is_voided) as returned_at,
        -- moments without a zone, so that they read the same in each session
        jsonb_agg(
            jsonb_build_object(
                'move_number', move_number,
                'return_number', return_number,
                'quantity', quantity,
                'moved_at', moved_at at time zone 'UTC'
            )
            order by move_number
        ) as return_moves,
        max(reported_at) as reported_at
    from moves
    group by store_id, receipt_line_id

)

select * from final
