with

saved_searches as (

    select * from {{ ref('saved_searches') }}

),

final as (

    select
        search_name,
        search_terms,
        coalesce(search_mode, 'auto') as search_mode,
        {% for filter in [
            'categories', 'brands', 'sizes', 'colours', 'conditions', 'channels', 'countries'
        ] -%}
        string_to_array({{ filter }}, '|') as {{ filter }},
        {% endfor -%}
        min_price,
        max_price,
        from_date,
        to_date,
        coalesce(sort_by, 'relevance') as sort_by,
        coalesce(result_limit, 100) as result_limit
    from saved_searches

)

select * from final
