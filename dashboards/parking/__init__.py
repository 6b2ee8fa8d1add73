"""The page of parking: bays, mapped parking, demand."""
