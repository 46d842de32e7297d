"""From a folder of products and photos to lists of similar products: features, neighbours, small files."""
