with

request as (

    {{ search_request() }}

),

scored as (

    {{ score_search_requests('request', search_index()) }}

)

select * from scored order by result_rank
