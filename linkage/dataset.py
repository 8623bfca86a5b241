"""Where linkage writes: a dataset and one document of its own."""

DATASET = "justicegraph/linkage"
DOCUMENT = f"{DATASET}/linkage"
