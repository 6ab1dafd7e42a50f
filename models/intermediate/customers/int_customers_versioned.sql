{% set attributes = ['full_name', 'country_code', 'city', 'postcode', 'has_marketing_consent'] %}

with

statements as (

    select * from {{ ref('int_customer_statements_collected') }}

),

numbered as (

    -- counts up at each statement of an attribute, so that a gap belongs to the one before it
    select
        *,
        count(full_name) over statements_so_far as full_name_number,
        count(country_code) over statements_so_far as country_code_number,
        -- city and postcode are one statement
        count(coalesce(city, postcode)) over statements_so_far as city_number,
        count(coalesce(city, postcode)) over statements_so_far as postcode_number,
        count(has_marketing_consent) over statements_so_far as has_marketing_consent_number,
        lead(stated_at) over statements_so_far as next_stated_at
    from statements
    window statements_so_far as (
        partition by customer_key
        order by stated_at asc, customer_record_id desc
        rows between unbounded preceding and current row
    )

),

filled as (

    select
        customer_key,
        {% for attribute in attributes %}
        first_value({{ attribute }}) over (
            partition by customer_key, {{ attribute }}_number
            order by stated_at asc, customer_record_id desc
        ) as {{ attribute }},
        {% endfor %}
        stated_at,
        -- of several statements of one moment the last one tells it all
        next_stated_at is null or next_stated_at > stated_at as is_last_of_moment
    from numbered

),

compared as (

    select
        *,
        {% for attribute in attributes %}
        lag({{ attribute }}) over statements_in_order as previous_{{ attribute }},
        {% endfor %}
        row_number() over statements_in_order as statement_number
    from filled
    where is_last_of_moment
    window statements_in_order as (partition by customer_key order by stated_at)

),

changed as (

    select
        *,
        row_number() over versions as version_number,
        lead(stated_at) over versions as next_stated_at
    from compared
    where
        statement_number = 1
        {% for attribute in attributes %}
        or {{ attribute }} is distinct from previous_{{ attribute }}
        {% endfor %}
    window versions as (partition by customer_key order by stated_at)

),

final as (

    select
        customer_key,
        {% for attribute in attributes %}
        {{ attribute }},
        {% endfor %}
        cast(version_number as integer) as version_number,
        next_stated_at is null as is_current,
        case when version_number = 1 then {{ beginning_of_time() }} else stated_at end
            as valid_from,
        coalesce(next_stated_at, {{ end_of_time() }}) as valid_to
    from changed

)

select * from final
