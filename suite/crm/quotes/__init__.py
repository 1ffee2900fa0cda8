"""Quotes: drafted, sent, accepted or rejected; an order is made from them."""
