with

saved_searches as (

    select * from {{ ref('saved_searches') }}

),

final as (

    select
        search_name,
        search_terms,
        coalesce(search_mode, 'auto') as search_mode,
        {% for name, filter in search_filters().items() -%}
        {{ "string_to_array(" ~ name ~ ", '|') as " ~ name if filter.type == 'text[]' else name }},
        {% endfor -%}
        coalesce(sort_by, 'relevance') as sort_by,
        coalesce(result_limit, 100) as result_limit,
        coalesce(fold, true) as fold
    from saved_searches

)

select * from final
