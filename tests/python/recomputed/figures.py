"""Which marts are recomputed, and by what."""

from collections.abc import Callable

from recomputed import (
    cohorts,
    customers,
    documents,
    goods,
    lifecycles,
    prices,
    reports,
    sales,
    selling,
    witnesses,
)
from recomputed.company import Company
from recomputed.sums import Rows

# by mart: its key, and what makes its rows
MARTS: dict[str, tuple[tuple[str, ...], Callable[[Company], Rows]]] = {
    "fct_order_lines": (("source_system", "order_line_id"), sales.order_lines),
    "rpt_rejected_order_lines": (
        ("source_system", "line_type", "order_line_id"), sales.rejected_order_lines,
    ),
    "dim_customers": (("person",), customers.customers),
    "fct_ticket_sales": (("ticket_id",), customers.ticket_sales),
    "fct_orders": (("source_system", "order_id"), sales.orders),
    "rpt_daily_sales": (("order_date", "channel", "currency_code"), sales.daily_sales),
    "rpt_source_horizons": (("source_system",), sales.source_horizons),
    "rpt_monthly_summary": (
        ("month_start_date", "channel", "currency_code"), sales.monthly_summary,
    ),
    "rpt_running_totals": (("order_date", "channel", "currency_code"), sales.running_totals),
    "rpt_gmv_bridge": (("month_start_date", "channel", "currency_code"), sales.gmv_bridge),
    "dim_customer_segments": (("person",), customers.customer_segments),
    "customer_360": (("person",), customers.customer_360),
    "rpt_cohort_retention": (
        ("period", "cohort_start_date", "periods_since"), cohorts.cohort_retention,
    ),
    "rpt_sales_per_user": (("person",), customers.sales_per_user),
    "rpt_users_since": (("person",), customers.users_since),
    "rpt_store_sales_disagreements": (
        ("store_id", "receipt_number", "receipt_line_id", "line_number"),
        witnesses.store_sales_disagreements,
    ),
    "rpt_source_reconciliation": (("source_system",), witnesses.source_reconciliation),
    "dim_stores": (("store_id",), witnesses.stores),
    "dim_metric_days": (("date_day",), witnesses.metric_days),
    "dim_dates": (("date_day",), witnesses.dates),
    "rpt_sustainability": (
        ("month_start_date", "channel", "category", "measure"), goods.sustainability,
    ),
    "fct_stock_counts": (
        ("source_system", "location_code", "sku", "counted_at"), goods.stock_counts,
    ),
    "fct_weekly_stock_levels": (("category", "week_start_date"), goods.weekly_stock_levels),
    "rpt_weekly_sales_inventory": (
        ("category", "week_start_date"), goods.weekly_sales_inventory,
    ),
    "rpt_price_extremes_by_category": (("category", "currency_code"), prices.price_extremes),
    "fct_price_drops": (("product_id", "dropped_at"), prices.price_drops),
    "rpt_price_drop_effect": (("category", "drop_band"), selling.price_drop_effect),
    "rpt_seller_concentration": (("currency_code",), goods.seller_concentration),
    "fct_listing_lifecycle": (("product_id",), lifecycles.listing_lifecycle),
    "fct_piece_lifecycle": (("canonical_product_id",), lifecycles.piece_lifecycle),
    "fct_returns": (("line", "returned_at", "returned_quantity"), documents.returns),
    "fct_invoices": (("order", "document_reason", "document_date"), documents.invoices),
    "fct_invoice_items": (
        ("order", "line_of_goods", "return", "document_reason", "item_type", "item_date"),
        documents.invoice_items,
    ),
    "fct_payments_and_refunds": (
        ("source_system", "order_id", "movement_type", "movement_date"),
        documents.payments_and_refunds,
    ),
    "rpt_daily_net_sales": (
        ("document_date", "channel", "currency_code"), documents.daily_net_sales,
    ),
    "rpt_return_rates": (("source_system", "month_start_date"), documents.return_rates),
    "rpt_days_to_sell": (
        ("month_start_date", "category", "observed_days"), selling.days_to_sell,
    ),
    "rpt_sell_through": (("month_start_date", "category", "brand"), selling.sell_through),
    "rpt_seller_quality": (("seller_id",), selling.seller_quality),
    "rpt_inventory_ageing": (
        ("category", "currency_code", "age_band"), selling.inventory_ageing,
    ),
    "rpt_repeat_purchases": (("cohort_month",), cohorts.repeat_purchases),
    "rpt_lifetime_value": (("cohort_month", "currency_code"), cohorts.lifetime_value),
    "rpt_promotion_uplift": (("promotion_id", "currency_code"), cohorts.promotion_uplift),
    "rpt_contribution_margin": (
        ("month_start_date", "channel", "category", "currency_code"),
        reports.contribution_margin,
    ),
    "rpt_sales_by_country": (
        ("month_start_date", "country_code", "channel", "currency_code"),
        reports.sales_by_country,
    ),
    "rpt_baskets": (("category", "other_category"), reports.baskets),
    "rpt_sales_forecast": (("category", "week_start_date"), reports.sales_forecast),
    "rpt_top_products": (("product_id", "currency_code"), sales.top_products),
}  # fmt: skip
