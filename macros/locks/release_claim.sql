{% macro release_claim() %}
    {%- if is_claimed() -%}
        delete from {{ claim_relation() }} where run_id = '{{ invocation_id }}'
    {%- endif -%}
{% endmacro %}
