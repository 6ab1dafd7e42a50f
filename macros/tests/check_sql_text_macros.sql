{% macro check_sql_text_macros() %}
    {#- these macros write SQL, so the warehouse says whether it means what it should -#}
    {%- for case in [
        (clean_text("e' \\t a b\\u00a0'"), 'a b', 'white space around text goes'),
        (clean_text("'  '"), none, 'blank text is NULL'),
        (null_if_unknown("' N/A '"), none, 'n/a is NULL'),
        (null_if_unknown("'-'"), none, 'a dash is NULL'),
        (null_if_unknown("'Unknown'"), none, 'unknown is NULL'),
        (null_if_unknown("' NA '"), 'NA', 'the code of Namibia stays'),
        (normalised_email("' Ann@Host.Example '"), 'ann@host.example', 'an address in lower case'),
        (normalised_email("'Ann B <ann@host.example>'"), 'ann@host.example', 'a name goes'),
        (normalised_email("'mailto:ann@host.example'"), 'ann@host.example', 'mailto: goes'),
        (normalised_email("'n/a'"), none, 'what is no address is NULL'),
        (normalised_phone("'+49 30 900 900009'"), '+4930900900009', 'blanks go'),
        (normalised_phone("'0049 (0)30/900-900009'"), '+4930900900009', '00 is +, (0) goes'),
        (normalised_phone("'030 900900009'"), '+4930900900009', 'a national number gets +49'),
        (normalised_phone("'0171 5'"), none, 'too few digits are no number'),
        (normalised_phone("'n/a'"), none, 'words are no number'),
        (lookup_text("'United   KINGDOM'"), 'united kingdom', 'variants have single blanks'),
        (spelling_key("'Marc  O''Polo'"), 'marc opolo', 'an apostrophe goes'),
        (spelling_key("'H&M T-Shirt'"), 'hm t shirt', 'a hyphen parts words'),
        (spelling_key("' .'"), none, 'punctuation alone is NULL'),
        ("cast(" ~ local_date("cast('2023-12-31 23:30+00' as timestamptz)") ~ " as text)",
            '2024-01-01', "a day is one of the company's clock"),
        ("cast(" ~ local_date("cast('2024-01-01 04:30+00' as timestamptz)", "'America/New_York'")
            ~ " as text)", '2023-12-31', "a day is one of the store's clock"),
        ("cast(" ~ utc_midnight("cast('2024-01-01' as date)")
            ~ " = cast('2024-01-01 00:00+00' as timestamptz) as text)",
            'true', 'a day begins at midnight in UTC'),
    ] -%}
        {%- do assert_equal(
            run_query('select ' ~ case[0] ~ ' as actual').rows[0].actual, case[1], case[2]
        ) -%}
    {%- endfor -%}
    {%- do assert_refused(
        refuse_unknown_time_zones(
            "(values ('BER01', 'Europe/Berlin'), ('HAM01', 'Europe/Hamburg'), ('MUC01', null))"
            ~ ' as given (store_id, time_zone)', returned_error
        ),
        ["HAM01 has 'Europe/Hamburg', MUC01 has ''", 'for example Europe/Berlin'],
        'the store and its unknown time zone are named'
    ) -%}
    {%- do assert_equal(
        as_of_join('lines', 'sold_at', 'versions', 'sku').split() | join(' '),
        'lines.sku = versions.sku and lines.sold_at >= versions.valid_from '
        ~ 'and lines.sold_at < versions.valid_to',
        'ranges are half-open'
    ) -%}
{% endmacro %}
