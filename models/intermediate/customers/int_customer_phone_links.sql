with

records as (

    select
        source_system,
        email,
        identity_group,
        'phone:' || phone as phone_identity
    from {{ ref('int_customer_records_grouped') }}
    where phone is not null

),

shared_phones as (

    -- a number that one channel has from several addresses belongs to a family or a firm
    select phone_identity
    from records
    where email is not null
    group by phone_identity, source_system
    having min(identity_group) <> max(identity_group)

),

tying_phones as (

    -- most numbers are known of one group only and need no walk
    select phone_identity
    from records
    group by phone_identity
    having min(identity_group) <> max(identity_group)

),

final as (

    select distinct
        identity_group,
        phone_identity
    from records
    where
        identity_group <> phone_identity
        and phone_identity in (select tying_phones.phone_identity from tying_phones)
        and phone_identity not in (select shared_phones.phone_identity from shared_phones)

)

select * from final
