{% macro number_search_requests(requests, index, limited) -%}
    select
        row_number() over () as request_number,
        nullif(trim(requests.search_terms), '') as search_terms,
        requests.search_mode,
        {%- for name, filter in search_filters().items() %}
        {%- if filter.type == 'text[]' %}
        case
            when cardinality(requests.{{ name }}) > 0
                then (
                    select array_agg({{ compared_filter_text('wanted', filter.spelling) }})
                    from unnest(requests.{{ name }}) as wanted
                )
        end as {{ name }},
        {%- else %}
        requests.{{ name }},
        {%- endif %}
        {%- endfor %}
        requests.sort_by,
        requests.result_limit,
        requests.fold as is_folded,
        -- in another order than by relevance, all that is found is sorted
        {%- if limited %}
        case
            when requests.sort_by = 'relevance' then requests.result_limit + case
                when requests.fold then {{ search_listings_to_fold('requests.result_limit', index) }}
                else 0
            end
        end as candidate_limit,
        {%- else %}
        cast(null as bigint) as candidate_limit,
        {%- endif %}
        num_nonnulls(
            {%- for name, filter in search_filters().items() %}
            {{ 'nullif(cardinality(requests.' ~ name ~ '), 0)' if filter.type == 'text[]'
                else 'requests.' ~ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) > 0 as has_filters
    from {{ requests }} as requests
{%- endmacro %}
