-- the type of each column, and how each source states it; what it does not state is empty
{% set types = {
    'customer_record_id': 'text', 'source_system': 'text', 'email': 'text', 'phone': 'text',
    'full_name': 'text', 'username': 'text', 'country': 'text', 'city': 'text', 'postcode': 'text',
    'loyalty_number': 'text', 'has_marketing_consent': 'boolean', 'is_account': 'boolean',
    'joined_date': 'date', 'first_seen_at': 'timestamptz',
} %}
{% set statements = {
    'marketplace_users': {
        'customer_record_id': "'marketplace:' || user_id", 'source_system': "'marketplace'",
        'email': 'email', 'username': 'username', 'country': 'country', 'is_account': 'true',
        'joined_date': 'joined_date', 'first_seen_at': utc_midnight('joined_date'),
        'updated_at': utc_midnight('joined_date'),
    },
    'shop_customers': {
        'customer_record_id': "'shop:' || customer_id", 'source_system': "'shop'",
        'email': 'email', 'phone': 'phone', 'country': 'country', 'city': 'city',
        'full_name': "nullif(concat_ws(' ', first_name, last_name), '')", 'postcode': 'postcode',
        'is_account': 'true', 'joined_date': local_date('created_at'),
        'first_seen_at': 'created_at', 'updated_at': 'coalesce(updated_at, created_at)',
    },
    'loyalty_members': {
        'customer_record_id': "'catalog:' || customer_number", 'source_system': "'catalog'",
        'email': 'email', 'phone': 'phone', 'full_name': 'full_name', 'country': 'country',
        'city': 'city', 'postcode': 'postcode', 'loyalty_number': 'customer_number',
        'has_marketing_consent': 'has_marketing_consent', 'is_account': 'false',
        'first_seen_at': 'created_at', 'updated_at': 'coalesce(updated_at, created_at)',
    },
    'ticket_orders': {
        'customer_record_id': "'events:' || ticket_order_id", 'source_system': "'events'",
        'email': 'email', 'phone': 'phone', 'full_name': 'full_name', 'is_account': 'false',
        'first_seen_at': 'ordered_at', 'updated_at': 'ordered_at',
    },
    'contacts': {
        'customer_record_id': 'customer_record_id', 'source_system': 'source_system',
        'email': 'email', 'phone': 'phone', 'country': 'country', 'is_account': 'false',
        'first_seen_at': 'first_seen_at', 'updated_at': 'first_seen_at',
    },
} %}

with

marketplace_users as (

    select * from {{ ref('stg_marketplace__users') }}

),

shop_customers as (

    select * from {{ ref('stg_shop__customers') }}

),

loyalty_members as (

    select * from {{ ref('stg_catalog__customers') }}

),

ticket_orders as (

    select * from {{ ref('stg_events__ticket_orders') }}

),

contacts as (

    select * from {{ ref('int_customer_contacts_collected') }}

),

unioned as (

    {% for relation, statement in statements.items() %}
    select
        {% for column, type in types.items() %}
        cast({{ statement.get(column, 'null') }} as {{ type }}) as {{ column }},
        {% endfor %}
        cast({{ statement.updated_at }} as timestamptz) as updated_at
    from {{ relation }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

country_names as (

    select * from {{ ref('country_names') }}

),

final as (

    select
        unioned.customer_record_id,
        unioned.source_system,
        unioned.email,
        unioned.phone,
        unioned.full_name,
        unioned.username,
        coalesce(country_names.country_code, unioned.country) as country_code,
        unioned.city,
        unioned.postcode,
        unioned.loyalty_number,
        unioned.has_marketing_consent,
        unioned.is_account,
        unioned.joined_date,
        unioned.first_seen_at,
        unioned.updated_at
    from unioned
    left join country_names
        on {{ lookup_text('unioned.country') }} = country_names.country_variant

)

select * from final
