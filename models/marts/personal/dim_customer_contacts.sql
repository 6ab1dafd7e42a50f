with

customer_records as (

    select * from {{ ref('int_customers_unified') }}

),

final as (

    select
        customer_key,
        {% for column in ['email', 'phone', 'loyalty_number', 'full_name', 'username'] %}
        {{ latest_statement(column) }} as {{ column }},
        {% endfor %}
        -- city and postcode are one statement
        {{ latest_statement('postcode', 'city is not null or postcode is not null') }} as postcode
    from customer_records
    group by customer_key

)

select * from final
