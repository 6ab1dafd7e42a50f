{% macro check_printable_text() %}
    {%- do assert_equal(printable_text('Größe 👖'), 'Größe 👖', 'letters of all kinds are shown') -%}
    {%- do assert_equal(
        printable_text('a\x1b[2J\u202eb'), 'a\ufffd[2J\ufffdb', 'what steers a terminal is not'
    ) -%}
    {%- do assert_equal(printable_text('x' * 61), 'x' * 60 ~ '…', 'long text is cut') -%}
{% endmacro %}
