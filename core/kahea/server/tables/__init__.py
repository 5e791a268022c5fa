"""The shared tables: what is stored, where, and how it is kept from being half stored."""
