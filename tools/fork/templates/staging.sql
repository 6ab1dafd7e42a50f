with

source as (

    select * from {{ source('[[ source ]]', '[[ sample.name ]]') }}

),

final as (

    select
[%- for column in sample.columns %]
[%- set name = column | staged %]
[%- if column.type == "text" %]
        {{ clean_text('[[ column.name ]]') }} as [[ name ]],
[%- else %]
        [[ column.name ]][[ " as " ~ name if name != column.name ]],
[%- endif %]
[%- endfor %]
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
