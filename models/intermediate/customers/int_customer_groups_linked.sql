with recursive

overrides as (

    select * from {{ ref('customer_match_overrides') }}

),

records as (

    select
        customer_record_id,
        source_system,
        is_account,
        email,
        identity_group
    from {{ ref('int_customer_records_grouped') }}

),

forbidden as (

    select
        first_records.identity_group as group_a,
        second_records.identity_group as group_b
    from overrides
    inner join records as first_records
        on overrides.record_a = first_records.customer_record_id
    inner join records as second_records
        on overrides.record_b = second_records.customer_record_id
    where overrides.decision = 'no_match'

),

links as (

    select * from {{ ref('int_customer_phone_links') }}

),

both_ways as (

    select
        identity_group as from_identity,
        phone_identity as to_identity
    from links
    union
    select
        phone_identity as from_identity,
        identity_group as to_identity
    from links

),

reached as (

    -- all that can be reached from each identity: ends by itself when nothing new is reached
    select
        from_identity as identity_group,
        from_identity as reached_identity
    from both_ways
    union
    select
        reached.identity_group,
        both_ways.to_identity as reached_identity
    from reached
    inner join both_ways
        on reached.reached_identity = both_ways.from_identity

),

components as (

    select
        identity_group,
        min(reached_identity) as person
    from reached
    group by identity_group

),

unsafe as (

    -- two accounts of one channel, both with an address, are two people
    select components.person
    from components
    inner join records
        on components.identity_group = records.identity_group
    where
        records.email is not null
        and (records.is_account or records.source_system in ('catalog', 'events'))
    group by components.person, records.source_system
    having min(records.identity_group) <> max(records.identity_group)

    union

    select first_components.person
    from forbidden
    inner join components as first_components
        on forbidden.group_a = first_components.identity_group
    inner join components as second_components
        on
            forbidden.group_b = second_components.identity_group
            and first_components.person = second_components.person

),

final as (

    select
        components.identity_group,
        components.person
    from components
    left join unsafe
        on components.person = unsafe.person
    where unsafe.person is null

)

select * from final
