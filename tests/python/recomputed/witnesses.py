"""What two witnesses say of one thing: till and mail, source and mart; and the calendar."""

from collections import defaultdict
from datetime import timedelta
from itertools import zip_longest

from recomputed.company import Company
from recomputed.lines import FIRST_DAY, LAST_DAY, ZERO, Line
from recomputed.raw import MailLine, ReceiptLine
from recomputed.sums import Rows, grouped, total
from recomputed.texts import cleaned, day, month, months_later, seed, week
from recomputed.tills import Tills, mails_taken

FISCAL_YEAR_BEGINS = 4


def paired(
    sales: list[ReceiptLine], mailed: list[MailLine]
) -> list[tuple[ReceiptLine | None, MailLine | None]]:
    """Match the lines of a receipt by unit and its place among them, the rest by position."""
    pairs: list[tuple[ReceiptLine | None, MailLine | None]] = []
    waiting: dict[str | None, list[MailLine]] = defaultdict(list)
    for line in mailed:
        waiting[cleaned(line.sku)].append(line)
    left = []
    for sale in sales:
        if same := waiting[cleaned(sale.sku)]:
            pairs.append((sale, same.pop(0)))
        else:
            left.append(sale)
    rest = sorted((line for lines in waiting.values() for line in lines),
                  key=lambda line: line.line_number)  # fmt: skip
    return [*pairs, *zip_longest(left, rest)]


def store_sales_disagreements(company: Company) -> Rows:
    tills = Tills(company.raw, {})
    sales = grouped(
        (sale for sale in tills.sales if (sale.store_id, sale.receipt_id) in tills.receipts),
        lambda sale: (
            sale.store_id,
            tills.receipts[sale.store_id, sale.receipt_id].receipt_number,
        ),
    )
    for (store, number), lines in mails_taken(company.raw).items():
        mailed = sorted(lines, key=lambda line: line.line_number)
        rung = sorted(sales.get((store, number), []), key=lambda sale: sale.receipt_line_id)
        for sale, line in paired(rung, mailed) if rung else []:
            if sale and tills.voids[store, sale.receipt_line_id]:
                continue
            row = {
                "store_id": store,
                "receipt_number": number,
                "receipt_line_id": sale and sale.receipt_line_id,
                "line_number": line and line.line_number,
            }
            if sale and line:
                compared = {
                    "sku": (cleaned(sale.sku), cleaned(line.sku)),
                    "quantity": (sale.quantity, line.quantity),
                    "unit price": (sale.unit_price, line.unit_price),
                    "discount": (sale.discount_amount or ZERO, line.discount_amount or ZERO),
                }
                differing = [name for name, (ours, theirs) in compared.items() if ours != theirs]
                if not differing:
                    continue
                row |= {
                    "disagreement": ", ".join(differing),
                    "till_sku": cleaned(sale.sku),
                    "mail_sku": cleaned(line.sku),
                    "till_quantity": sale.quantity,
                    "mail_quantity": line.quantity,
                    "till_unit_price": sale.unit_price,
                    "mail_unit_price": line.unit_price,
                    "order_date": day(tills.at(sale), store),
                }
            yield row


def source_reconciliation(company: Company) -> Rows:
    kept = grouped(company.lines, lambda line: line.source_system)
    rejected = grouped(company.rejected_lines, lambda line: line.source_system)

    def counts(step: str, source: str, lines: list[Line]) -> dict[str, object]:
        return {
            f"{step}_line_count": len(lines),
            f"{step}_quantity": sum(line.quantity for line in lines),
            # the marketplace states no amounts
            **({} if source == "marketplace" else
               {f"{step}_net_amount": total(lines, "net_amount")}),
        }  # fmt: skip

    for source, lines in kept.items():
        set_apart = rejected.get(source, [])
        row = counts("raw", source, lines + set_apart) | counts("mart", source, lines)
        if set_apart:
            row |= counts("rejected", source, set_apart)
        yield {"source_system": source, "is_reconciled": True, **row}


def stores(company: Company) -> Rows:
    sold = grouped(
        (line for line in company.lines if line.store_id is not None), lambda line: line.store_id
    )
    known = {row["store_id"]: row for row in seed("stores")}
    for store in known.keys() | sold.keys():
        days = [line.order_date for line in sold.get(store, [])]
        yield {
            "store_id": store,
            "is_registered": store in known,
            "city": known[store]["city"] if store in known else None,
            "country_code": known[store]["country_code"] if store in known else None,
            "first_sale_date": min(days, default=None),
            "last_sale_date": max(days, default=None),
        }


def metric_days(company: Company) -> Rows:
    first = min(line.order_date for line in company.lines)
    for number in range((company.last_day - first).days + 1):
        yield {"date_day": first + timedelta(days=number)}


def dates(company: Company) -> Rows:
    for number in range((LAST_DAY - FIRST_DAY).days + 1):
        of = FIRST_DAY + timedelta(days=number)
        iso_year, iso_week, iso_day = of.isocalendar()
        # the fiscal year is named for the year that it ends in
        months_in = (of.month - FISCAL_YEAR_BEGINS) % 12
        yield {
            "date_day": of,
            "day_name": f"{of:%A}",
            "month_name": f"{of:%B}",
            "iso_day_of_week": iso_day,
            "iso_week": iso_week,
            "iso_year": iso_year,
            "month_of_year": of.month,
            "quarter_of_year": (of.month + 2) // 3,
            "calendar_year": of.year,
            "fiscal_quarter": months_in // 3 + 1,
            "fiscal_year": of.year + (of.month >= FISCAL_YEAR_BEGINS),
            "is_weekend": iso_day > 5,
            "week_start_date": week(of),
            "month_start_date": month(of),
            "quarter_start_date": months_later(of, -((of.month - 1) % 3)),
        }
