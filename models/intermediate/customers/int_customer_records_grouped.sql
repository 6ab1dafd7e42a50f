with recursive

overrides as (

    select * from {{ ref('customer_match_overrides') }}

),

records as (

    select
        customer_record_id,
        source_system,
        email,
        phone,
        is_account,
        coalesce('email:' || email, 'phone:' || phone, customer_record_id) as match_identity
    from {{ ref('int_customer_records_unioned') }}

),

cut_loose as (

    -- one address, two people: the second record is matched by nothing but a forced match
    select distinct overrides.record_b as customer_record_id
    from overrides
    inner join records as first_records
        on overrides.record_a = first_records.customer_record_id
    inner join records as second_records
        on
            overrides.record_b = second_records.customer_record_id
            and first_records.match_identity = second_records.match_identity
    where overrides.decision = 'no_match'

),

assigned as (

    select
        records.customer_record_id,
        records.source_system,
        records.is_account,
        case when cut_loose.customer_record_id is null then records.email end as email,
        case when cut_loose.customer_record_id is null then records.phone end as phone,
        case
            when cut_loose.customer_record_id is null then records.match_identity
            else records.customer_record_id
        end as match_identity
    from records
    left join cut_loose
        on records.customer_record_id = cut_loose.customer_record_id

),

forced_both_ways as (

    select
        ways.from_identity,
        ways.to_identity
    from overrides
    inner join assigned as first_records
        on overrides.record_a = first_records.customer_record_id
    inner join assigned as second_records
        on overrides.record_b = second_records.customer_record_id
    cross join
        lateral (
            values
            (first_records.match_identity, second_records.match_identity),
            (second_records.match_identity, first_records.match_identity)
        ) as ways (from_identity, to_identity)
    where overrides.decision = 'match'

),

forced_reached as (

    select
        from_identity as match_identity,
        from_identity as reached
    from forced_both_ways
    union
    select
        forced_reached.match_identity,
        forced_both_ways.to_identity
    from forced_reached
    inner join forced_both_ways
        on forced_reached.reached = forced_both_ways.from_identity

),

forced_groups as (

    select
        match_identity,
        min(reached) as person
    from forced_reached
    group by match_identity

),

final as (

    select
        assigned.customer_record_id,
        assigned.source_system,
        assigned.is_account,
        assigned.email,
        assigned.phone,
        assigned.match_identity,
        coalesce(forced_groups.person, assigned.match_identity) as identity_group,
        forced_groups.person is not null as is_forced
    from assigned
    left join forced_groups
        on assigned.match_identity = forced_groups.match_identity

)

select * from final
