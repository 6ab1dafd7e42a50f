{#
    Fails for each row whose value lies outside the range. Null passes. With neither bound,
    everything passes.
#}
{% test accepted_range(model, column_name, min_value=none, max_value=none, inclusive=true) %}
    {{ return(adapter.dispatch("test_accepted_range", "dbt_utils")(
        model, column_name, min_value, max_value, inclusive
    )) }}
{% endtest %}

{% macro default__test_accepted_range(
    model, column_name, min_value=none, max_value=none, inclusive=true
) %}
    {%- set equal = "=" if inclusive else "" -%}
    {%- set breaches = [] -%}
    {%- if min_value is not none -%}
        {%- do breaches.append("not " ~ column_name ~ " >" ~ equal ~ " " ~ min_value) -%}
    {%- endif -%}
    {%- if max_value is not none -%}
        {%- do breaches.append("not " ~ column_name ~ " <" ~ equal ~ " " ~ max_value) -%}
    {%- endif %}

select *
from {{ model }}
where {{ breaches | join(" or ") if breaches else "false" }}
{% endmacro %}
