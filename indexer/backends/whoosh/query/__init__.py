"""How a query is executed: boolean evaluation, filters, explanation, receipt."""
