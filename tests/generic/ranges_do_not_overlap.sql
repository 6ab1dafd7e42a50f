{% test ranges_do_not_overlap(model, key, valid_from='valid_from', valid_to='valid_to') %}

    -- one sort over the table; a self-join would compare every pair of versions
    with

    ordered as (

        select
            {{ key }} as range_key,
            {{ valid_from }} as valid_from,
            {{ valid_to }} as valid_to,
            max({{ valid_to }}) over (
                partition by {{ key }}
                order by {{ valid_from }}, {{ valid_to }}
                rows between unbounded preceding and 1 preceding
            ) as latest_earlier_valid_to
        from {{ model }}

    ),

    final as (

        select * from ordered
        where valid_from < latest_earlier_valid_to or valid_to < valid_from

    )

    select * from final

{% endtest %}
