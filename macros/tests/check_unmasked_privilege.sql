{% macro check_unmasked_privilege() %}
    {%- set plain = {'name': 'city', 'config': {'meta': {}}} -%}
    {%- set kept = {'name': 'a_key', 'config': {'meta': {'contains_personal_data': false}}} -%}
    {%- set personal = {'name': 'email', 'config': {'meta': {'contains_personal_data': true}}} -%}
    {%- do assert_equal(
        unmasked_privilege('select', {'city': plain, 'a_key': kept}), 'select',
        'without personal data the whole relation is granted'
    ) -%}
    {%- do assert_equal(
        unmasked_privilege('select', {'city': plain, 'email': personal, 'a_key': kept}),
        'select ("a_key", "city")',
        'columns with personal data are left out, the others in order'
    ) -%}
{% endmacro %}
