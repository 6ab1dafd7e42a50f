{{ config(
    materialized='incremental',
    incremental_strategy='compared',
    unique_key='customer_record_id',
    on_schema_change='fail',
    meta={'withdrawn_key': ['customer_key']},
) }}
-- depends_on: {{ ref('int_rows_withdrawn') }}

with

customer_records as (

    select * from {{ ref('int_customer_records_unioned') }}

),

grouped_records as (

    select * from {{ ref('int_customer_records_grouped') }}

),

linked_groups as (

    select * from {{ ref('int_customer_groups_linked') }}

),

identified as (

    select
        grouped_records.customer_record_id,
        grouped_records.match_identity,
        grouped_records.identity_group,
        grouped_records.email,
        grouped_records.is_forced,
        coalesce(linked_groups.person, grouped_records.identity_group) as person
    from grouped_records
    left join linked_groups
        on grouped_records.identity_group = linked_groups.identity_group

),

counted as (

    select
        *,
        count(*) over (partition by match_identity) as identity_record_count,
        count(*) over (partition by person) as person_record_count
    from identified

),

explained as (

    select
        customer_record_id,
        person,
        case
            when person_record_count = 1 then 'none'
            when is_forced then 'forced'
            when identity_group <> person then 'phone'
            when identity_record_count > 1 and email is not null then 'email'
            else 'phone'
        end as match_rule
    from counted

),

final as (

    select
        customer_records.customer_record_id,
        {{ keyed_hash('explained.person') }} as customer_key,
        explained.match_rule,
        case when explained.match_rule <> 'none' then explained.person end as matched_to,
        customer_records.source_system,
        customer_records.email,
        customer_records.phone,
        customer_records.full_name,
        customer_records.username,
        customer_records.country_code,
        customer_records.city,
        customer_records.postcode,
        customer_records.loyalty_number,
        customer_records.has_marketing_consent,
        customer_records.is_account,
        customer_records.joined_date,
        customer_records.first_seen_at,
        customer_records.updated_at
    from customer_records
    inner join explained
        on customer_records.customer_record_id = explained.customer_record_id

)

select * from final
