{% macro number_search_requests(requests) -%}
    select
        row_number() over (order by requests.search_name) as request_number,
        requests.search_name,
        nullif(trim(requests.search_terms), '') as search_terms,
        requests.search_mode,
        {%- for filter in ['categories', 'sizes', 'colours', 'conditions', 'channels'] %}
        case
            when cardinality(requests.{{ filter }}) > 0
                then (
                    select array_agg({{ lookup_text('wanted') }})
                    from unnest(requests.{{ filter }}) as wanted
                )
        end as {{ filter }},
        {%- endfor %}
        case
            when cardinality(requests.brands) > 0
                then (
                    select array_agg({{ spelling_key('wanted') }})
                    from unnest(requests.brands) as wanted
                )
        end as brands,
        case
            when cardinality(requests.countries) > 0
                then (select array_agg(upper(trim(wanted))) from unnest(requests.countries) as wanted)
        end as countries,
        requests.min_price,
        requests.max_price,
        requests.from_date,
        requests.to_date,
        requests.sort_by,
        requests.result_limit,
        coalesce(
            cardinality(requests.categories) > 0 or cardinality(requests.brands) > 0
            or cardinality(requests.sizes) > 0 or cardinality(requests.colours) > 0
            or cardinality(requests.conditions) > 0 or cardinality(requests.channels) > 0
            or cardinality(requests.countries) > 0,
            false
        )
        or num_nonnulls(
            requests.min_price, requests.max_price, requests.from_date, requests.to_date
        ) > 0 as has_filters
    from {{ requests }} as requests
{%- endmacro %}
