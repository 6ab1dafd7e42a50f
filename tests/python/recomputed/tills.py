"""What tills and their mails say: sales, and what takes them back."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from recomputed.lines import GRACE, Line, Move, Rejected, amounts
from recomputed.raw import MailLine, Raw, ReceiptLine
from recomputed.texts import cleaned, currency, email, phone


def mails_taken(raw: Raw) -> dict[tuple[str, str], list[MailLine]]:
    """Return the receipts that mails hold, each from the mail that was received first.

    Lines without a quantity are left out. Of mails received at once, the least number is taken.
    """
    mails: dict[tuple[str, str], dict[str, list[MailLine]]] = defaultdict(lambda: defaultdict(list))
    for line in raw.mail_lines:
        if line.quantity is None:
            continue
        mails[line.store_id, line.receipt_number][line.message_id].append(line)
    return {
        receipt: min(
            copies.values(),
            key=lambda lines: (
                lines[0].received_at is None,
                lines[0].received_at or lines[0]._extracted_at,
                lines[0].message_id,
            ),
        )
        for receipt, copies in mails.items()
    }


class Tills:
    """What the tills' rows say together: sales, and what takes them back."""

    def __init__(self, raw: Raw, rejected: Rejected) -> None:
        self.receipts = {(row.store_id, row.receipt_id): row for row in raw.receipts}
        by_number = {(row.store_id, row.receipt_line_id): row for row in raw.receipt_lines}
        self.sales = [row for row in raw.receipt_lines if row.line_type == "sale"]
        self.returns: dict[tuple[str, int], list[ReceiptLine]] = defaultdict(list)
        self.voids: dict[tuple[str, int], list[ReceiptLine]] = defaultdict(list)
        for row in raw.receipt_lines:
            corrected = by_number.get((row.store_id, row.returned_receipt_line_id or 0))
            if row.line_type == "sale" or corrected is None:
                continue
            if problem := self._problem(row, corrected):
                # one that breaks a rule changes nothing
                number = f"{row.store_id}-{row.receipt_line_id}"
                rejected["stores", row.line_type, number] = problem
                continue
            of = self.returns if row.line_type == "return" else self.voids
            of[row.store_id, corrected.receipt_line_id].append(row)

    def _problem(self, row: ReceiptLine, corrected: ReceiptLine) -> str | None:
        at, sold_at = self.at(row), self.at(corrected)
        rules = {
            "the quantity is not at least 1": row.line_type == "return" and row.quantity < 1,
            "it is dated before the sale": at < sold_at,
            "it is dated more than a day after it was reported": at > row._extracted_at + GRACE,
        }
        return "; ".join(text for text, broken in rules.items() if broken) or None

    def at(self, row: ReceiptLine) -> datetime:
        """Return when a row was rung up, or read, until its receipt is there."""
        receipt = self.receipts.get((row.store_id, row.receipt_id))
        return receipt.sold_at if receipt else row._extracted_at

    def reports(self, sale: ReceiptLine) -> list[datetime]:
        """Return when a sale and its returns were read."""
        rows = [sale, *self.returns[sale.store_id, sale.receipt_line_id]]
        receipts = [self.receipts.get((row.store_id, row.receipt_id)) for row in rows]
        return [(receipt or row)._extracted_at for receipt, row in zip(receipts, rows, strict=True)]

    def void_at(self, row: ReceiptLine) -> datetime | None:
        """Return when a row was made void first."""
        voids = self.voids[row.store_id, row.receipt_line_id]
        return min(map(self.at, voids), default=None)

    def moves(self, sale: ReceiptLine) -> tuple[Move, ...]:
        """Return by moment what came back of a sale, and what of that never did.

        Of a sale that is void nothing is left to bring back.
        """
        end = self.void_at(sale)
        found = []
        for row in self.returns[sale.store_id, sale.receipt_line_id]:
            number = row.receipt_line_id
            found.append(Move(self.at(row), number, number, row.quantity))
            voids = self.voids[row.store_id, number]
            if voids:
                first = min(voids, key=self.at)
                found.append(Move(self.at(first), first.receipt_line_id, number, -row.quantity))
        return tuple(sorted(move for move in found if end is None or move.at < end))

    def last_return_at(self, sale: ReceiptLine) -> datetime | None:
        """Return when the last piece came back that stayed back."""
        moves = self.moves(sale)
        gone = {move.return_number for move in moves if move.pieces < 0}
        kept = [move.at for move in moves if move.return_number not in gone]
        return max(kept, default=None)


def of_tills(raw: Raw, tills: Tills) -> Iterator[Line]:
    """Give the lines that the present tills sold, less what was voided or brought back."""
    for sale in tills.sales:
        receipt = tills.receipts.get((sale.store_id, sale.receipt_id))
        moves = tills.moves(sale)
        contact = (
            email(receipt.customer_email) or phone(receipt.customer_phone) if receipt else None
        )
        sku = cleaned(sale.sku)
        yield Line(
            source_system="stores",
            channel="store",
            store_id=sale.store_id,
            order_id=f"{sale.store_id}-{sale.receipt_id}",
            order_line_id=f"{sale.store_id}-{sale.receipt_line_id}",
            product_id=f"shop:{sku}" if sku else "unknown",
            sku=sku,
            customer_record_id=f"stores:{contact}" if contact else None,
            payment_method=cleaned(receipt.payment_method) if receipt else None,
            currency_code=currency(receipt.currency_code if receipt else None),
            quantity=sale.quantity,
            returned_quantity=min(sum(move.pieces for move in moves), sale.quantity),
            returned_at=tills.last_return_at(sale),
            moves=moves,
            cancelled_at=tills.void_at(sale),
            ordered_at=receipt.sold_at if receipt else sale._extracted_at,
            reported_at=max(sale._extracted_at, *tills.reports(sale)),
            is_cancelled=bool(tills.voids[sale.store_id, sale.receipt_line_id]),
            is_payment_recorded=True,
            is_order_missing=receipt is None,
            **amounts(sale.unit_price, sale.discount_amount),
        )


def of_mails(raw: Raw, tills: Tills) -> Iterator[Line]:
    """Give the lines of receipts that only a mail knows."""
    known = {
        (sale.store_id, receipt.receipt_number)
        for sale in tills.sales
        if (receipt := tills.receipts.get((sale.store_id, sale.receipt_id)))
    }
    for (store, number), lines in mails_taken(raw).items():
        for line in lines:
            if (store, number) in known:
                continue
            address, sku = email(line.customer_email), cleaned(line.sku)
            yield Line(
                source_system="stores",
                channel="store",
                store_id=store,
                order_id=f"{store}-mail-{number}",
                order_line_id=f"{store}-mail-{number}-{line.line_number}",
                product_id=f"shop:{sku}" if sku else "unknown",
                sku=sku,
                customer_record_id=f"stores:{address}" if address else None,
                currency_code=currency(line.currency_code),
                quantity=line.quantity,
                is_payment_recorded=True,
                ordered_at=line.sold_at or line.received_at or line._extracted_at,
                reported_at=line._extracted_at,
                **amounts(line.unit_price, line.discount_amount),
            )
