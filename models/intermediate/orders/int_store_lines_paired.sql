with

till_lines as (

    select * from {{ ref('int_store_sales') }}

),

mail_lines as (

    select * from {{ ref('int_store_mails_deduplicated') }}

),

-- of receipts that both know; a void line is not mailed: counted last, it takes nobody's place
counted_till_lines as (

    select
        *,
        row_number() over (
            partition by store_id, receipt_number, sku
            order by is_voided, receipt_line_id
        ) as occurrence
    from till_lines
    where (store_id, receipt_number) in (
        select
            mail_lines.store_id,
            mail_lines.receipt_number
        from mail_lines
    )

),

counted_mail_lines as (

    select
        *,
        row_number() over (partition by store_id, receipt_number, sku order by line_number)
            as occurrence
    from mail_lines
    where (store_id, receipt_number) in (
        select
            till_lines.store_id,
            till_lines.receipt_number
        from till_lines
    )

),

-- a line is met by the same unit
met as (

    select
        tills.store_id as till_store_id,
        mails.store_id as mail_store_id,
        tills.is_voided,
        tills.receipt_line_id,
        mails.line_number,
        tills.sku as till_sku,
        mails.sku as mail_sku,
        tills.quantity as till_quantity,
        mails.quantity as mail_quantity,
        tills.unit_price as till_unit_price,
        mails.unit_price as mail_unit_price,
        coalesce(tills.discount_amount, 0) as till_discount_amount,
        coalesce(mails.discount_amount, 0) as mail_discount_amount,
        tills.sold_at as till_sold_at,
        mails.sold_at as mail_sold_at,
        coalesce(tills.store_id, mails.store_id) as store_id,
        coalesce(tills.receipt_number, mails.receipt_number) as receipt_number
    from counted_till_lines as tills
    full join counted_mail_lines as mails
        on
            tills.store_id = mails.store_id
            and tills.receipt_number = mails.receipt_number
            and coalesce(tills.sku, '') = coalesce(mails.sku, '')
            and tills.occurrence = mails.occurrence

),

witnessed as (

    select
        *,
        -- what is left over on either side is met by its place
        case
            when till_store_id is not null and mail_store_id is not null
                then 'line ' || receipt_line_id
            else 'left over ' || row_number() over (
                partition by store_id, receipt_number, till_store_id is null, mail_store_id is null
                order by is_voided, receipt_line_id, line_number
            )
        end as pair
    from met

),

final as (

    select
        store_id,
        receipt_number,
        max(receipt_line_id) as receipt_line_id,
        max(line_number) as line_number,
        max(till_sku) as till_sku,
        max(mail_sku) as mail_sku,
        max(till_quantity) as till_quantity,
        max(mail_quantity) as mail_quantity,
        max(till_unit_price) as till_unit_price,
        max(mail_unit_price) as mail_unit_price,
        max(till_discount_amount) filter (where till_store_id is not null) as till_discount_amount,
        max(mail_discount_amount) filter (where mail_store_id is not null) as mail_discount_amount,
        coalesce(max(till_sold_at), max(mail_sold_at)) as sold_at,
        bool_or(is_voided) as is_voided
    from witnessed
    group by store_id, receipt_number, pair

)

select * from final
