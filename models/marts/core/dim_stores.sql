with

store_versions as (

    select * from {{ ref('snap_stores') }}

),

order_lines as (

    select
        store_id,
        order_date
    from {{ ref('fct_order_lines') }}
    where store_id is not null

),

traded as (

    select
        store_id,
        min(order_date) as first_sale_date,
        max(order_date) as last_sale_date
    from order_lines
    group by store_id

),

numbered as (

    select
        *,
        row_number() over versions as version_number,
        lead(dbt_valid_from) over versions as next_valid_from
    from store_versions
    window versions as (partition by store_id order by dbt_valid_from)

),

joined as (

    select
        coalesce(numbered.store_id, traded.store_id) as store_id,
        numbered.city,
        numbered.country_code,
        numbered.time_zone,
        cast(coalesce(numbered.version_number, 1) as integer) as version_number,
        numbered.store_id is not null and numbered.dbt_is_deleted <> 'True' as is_registered,
        numbered.next_valid_from is null as is_current,
        numbered.opened_date,
        numbered.closed_date,
        traded.first_sale_date,
        traded.last_sale_date,
        case
            when coalesce(numbered.version_number, 1) = 1 then {{ beginning_of_time() }}
            else numbered.dbt_valid_from
        end as valid_from,
        coalesce(numbered.next_valid_from, {{ end_of_time() }}) as valid_to
    from numbered
    full join traded
        on numbered.store_id = traded.store_id

),

final as (

    select
        {{ surrogate_key(['store_id', 'version_number']) }} as store_key,
        store_id,
        city,
        country_code,
        time_zone,
        version_number,
        is_registered,
        is_registered and closed_date is null as is_open,
        is_current,
        opened_date,
        closed_date,
        first_sale_date,
        last_sale_date,
        valid_from,
        valid_to
    from joined

)

select * from final
