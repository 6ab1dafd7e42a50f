{% test exactly_one_current_row(model, key, valid_to='valid_to') %}

    with

    counted as (

        select
            {{ key }} as range_key,
            count(*) filter (where {{ valid_to }} = {{ end_of_time() }}) as current_row_count
        from {{ model }}
        group by {{ key }}

    ),

    final as (

        select * from counted
        where current_row_count <> 1

    )

    select * from final

{% endtest %}
