{% macro passes_search_filters(documents, requests) -%}
    (
        not {{ requests }}.has_filters
        or (
            {%- for column, filter in [
                ('category', 'categories'), ('size', 'sizes'),
                ('colour', 'colours'), ('condition', 'conditions'),
            ] %}
            ({{ requests }}.{{ filter }} is null
                or {{ lookup_text(documents ~ '.' ~ column) }} = any({{ requests }}.{{ filter }}))
            and
            {%- endfor %}
            ({{ requests }}.brands is null
                or {{ spelling_key(documents ~ '.brand') }} = any({{ requests }}.brands))
            and ({{ requests }}.channels is null
                or {{ documents }}.channels && {{ requests }}.channels)
            and ({{ requests }}.countries is null
                or {{ documents }}.country_codes && {{ requests }}.countries)
            and ({{ requests }}.min_price is null
                or {{ documents }}.price >= {{ requests }}.min_price)
            and ({{ requests }}.max_price is null
                or {{ documents }}.price <= {{ requests }}.max_price)
            and ({{ requests }}.from_date is null
                or {{ documents }}.listed_date >= {{ requests }}.from_date)
            and ({{ requests }}.to_date is null
                or {{ documents }}.listed_date <= {{ requests }}.to_date)
        )
    )
{%- endmacro %}
