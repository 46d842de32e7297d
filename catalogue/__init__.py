"""The words and files that the stages share: products, neighbours, `products.csv`, and the precomputed lists."""
