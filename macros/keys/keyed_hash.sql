{% macro keyed_hash(value) -%}
    {#- of 32 bytes the first 16, which tell nothing of how to go on -#}
    cast(
        encode(
            substring(
                sha256(
                    (select outer_key from {{ hash_keys() }})
                    || sha256(
                        (select inner_key from {{ hash_keys() }}) || convert_to({{ value }}, 'UTF8')
                    )
                )
                for 16
            ),
            'hex'
        ) as uuid
    )
{%- endmacro %}
