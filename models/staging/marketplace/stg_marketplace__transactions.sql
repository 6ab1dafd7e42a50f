with

source as (

    select * from {{ source('marketplace', 'transactions') }}

),

final as (

    select
        sale_id,
        transaction_id,
        user_id,
        product_id,
        quantity,
        sale_date,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
