"""The pages: one per decision, and the shared map view, filters, cards and texts."""
