{% test ranges_have_no_gap(model, key, valid_from='valid_from', valid_to='valid_to') %}

    with

    ordered as (

        select
            {{ key }} as range_key,
            {{ valid_to }} as valid_to,
            lead({{ valid_from }}) over (
                partition by {{ key }}
                order by {{ valid_from }}, {{ valid_to }}
            ) as next_valid_from
        from {{ model }}

    ),

    final as (

        select * from ordered
        where valid_to < next_valid_from

    )

    select * from final

{% endtest %}
