with

[[ entity ]] as (

    select * from {{ ref('[[ upstream ]]') }}

),

final as (

    select
[%- for column in texts %]
        [[ column.name ]],
[%- endfor %]
        cast(count(*) as bigint) as row_count,
[%- for column in numbers %]
        [[ "cast(sum(" ~ column.name ~ ") as bigint)" if column.data_type == "bigint" else "sum(" ~ column.name ~ ")" ]] as [[ column.name ]],
[%- endfor %]
[%- for column in days %]
        [[ column.name ]],
[%- endfor %]
    from [[ entity ]]
[%- if period %]
    where
        [[ period ]] between {{ var_sql('start_date') }} and {{ var_sql('end_date') }}
[%- endif %]
    group by [[ (texts + days) | join(", ", attribute="name") ]]

)

select * from final
