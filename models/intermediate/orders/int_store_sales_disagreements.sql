with

paired_lines as (

    select
        *,
        receipt_line_id is not null and line_number is not null as is_twofold
    from {{ ref('int_store_lines_paired') }}
    -- a void line is not mailed, and a mail sent before the void holds it rightly
    where is_voided is not true

),

compared as (

    select
        *,
        concat_ws(
            ', ',
            case when receipt_line_id is null then 'not in the till' end,
            case when line_number is null then 'not in the mail' end,
            case when is_twofold and till_sku is distinct from mail_sku then 'sku' end,
            case when is_twofold and till_quantity <> mail_quantity then 'quantity' end,
            case
                when is_twofold and till_unit_price is distinct from mail_unit_price
                    then 'unit price'
            end,
            case
                when is_twofold and till_discount_amount <> mail_discount_amount then 'discount'
            end
        ) as disagreement
    from paired_lines

),

final as (

    select
        store_id,
        receipt_number,
        receipt_line_id,
        line_number,
        disagreement,
        till_sku,
        mail_sku,
        till_quantity,
        mail_quantity,
        till_unit_price,
        mail_unit_price,
        till_discount_amount,
        mail_discount_amount,
        sold_at
    from compared
    where disagreement <> ''

)

select * from final
